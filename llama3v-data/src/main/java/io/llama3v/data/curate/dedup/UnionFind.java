package io.llama3v.data.curate.dedup;

/** Disjoint sets of 0..n-1; a set's name is its smallest member, whatever the order of the unions. */
public final class UnionFind {
  private final int[] parent;

  /** Every number alone. */
  public UnionFind(int n) {
    parent = new int[n];
    for (int i = 0; i < n; i++) parent[i] = i;
  }

  /** The smallest member of a number's set. */
  public int find(int i) {
    while (parent[i] != i) {
      // Halving the path keeps later finds short.
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  }

  /** Joins the sets of two numbers; false if they were one already. */
  public boolean union(int a, int b) {
    int x = find(a);
    int y = find(b);
    if (x == y) return false;
    if (x < y) parent[y] = x;
    else parent[x] = y;
    return true;
  }
}
