package io.llama3v.backend.cuda;

/**
 * Shape of a launch.
 *
 * @param x blocks along x
 * @param y blocks along y, at most 65,535
 * @param z blocks along z, at most 65,535
 * @param threadsX threads of a block along x
 * @param threadsY threads of a block along y
 * @param sharedBytes dynamic shared memory of a block
 */
public record Grid(int x, int y, int z, int threadsX, int threadsY, int sharedBytes) {
  /** Largest extent along y and z. */
  static final int MOST = 65_535;

  public Grid {
    if (x < 1 || y < 1 || z < 1 || y > MOST || z > MOST || threadsX < 1 || threadsX * threadsY > 1024) {
      throw new IllegalArgumentException("a launch of " + x + "×" + y + "×" + z + " blocks of " + threadsX + "×" + threadsY + " threads");
    }
  }

  /** Blocks in a row. */
  static Grid of(int blocks, int threads) {
    return new Grid(blocks, 1, 1, threads, 1, 0);
  }

  /** {@code ⌈n / per⌉} as a number of blocks, at least 1. */
  static int blocks(long n, long per) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (n + per - 1) / per));
  }
}
