package io.llama3v.data.document.flow;

import java.util.List;

/**
 * A flow chart: a column of nodes, top to bottom; a decision goes on downwards for "yes", and for "no" to a node at its side, where the way
 * ends.
 *
 * @param nodes the column
 */
public record FlowChart(List<Node> nodes) {
  /**
   * A node of the column.
   *
   * @param text what it says
   * @param no   what a decision leads to on "no"; null for a step
   */
  public record Node(String text, String no) {
    /** Whether it asks something. */
    public boolean decision() {
      return no != null;
    }
  }

  /** Checks that there is a way through. */
  public FlowChart {
    nodes = List.copyOf(nodes);
    if (nodes.size() < 2 || nodes.get(nodes.size() - 1).decision()) {
      throw new IllegalArgumentException("a flow chart needs two nodes, and no decision as its last");
    }
  }

  /** The chart in Mermaid's language: steps in square brackets, decisions in braces. */
  public String mermaid() {
    StringBuilder out = new StringBuilder("flowchart TD");
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      out.append("\n  ").append(name(i)).append(node.decision() ? "{" : "[").append(node.text()).append(node.decision() ? "}" : "]");
      if (node.decision()) out.append("\n  ").append(name(i)).append("x[").append(node.no()).append(']');
    }
    for (int i = 0; i + 1 < nodes.size(); i++) {
      out.append("\n  ").append(name(i)).append(nodes.get(i).decision() ? " -->|yes| " : " --> ").append(name(i + 1));
      if (nodes.get(i).decision()) out.append("\n  ").append(name(i)).append(" -->|no| ").append(name(i)).append('x');
    }
    return out.toString();
  }

  private static String name(int node) {
    return "n" + (node + 1);
  }
}
