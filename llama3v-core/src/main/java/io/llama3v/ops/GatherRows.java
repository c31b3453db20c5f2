package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * {@code y[i] = table[ids[i]]}: token embedding, and pooling by position. table [N, D], ids I32 of any shape S, y [S..., D].
 * {@code dTable[ids[i]] += dy[i]}. Ids must lie in [0, N): whoever makes them checks them, since they live on the device.
 */
public final class GatherRows {
  private GatherRows() {}

  /** Looks rows up; see the class. */
  public static Tensor apply(Tensor table, Tensor ids) {
    return apply(table, ids, table.type());
  }

  /** As {@link #apply(Tensor, Tensor)}, with the result in another floating type. */
  public static Tensor apply(Tensor table, Tensor ids, DType type) {
    Checks.shape("gather rows", "table", table, -1, -1);
    Checks.indices("gather rows", "ids", ids);
    Checks.floating("gather rows", "table", table);
    if (table.type().with(type) != type.with(table.type())) {
      throw new IllegalArgumentException("gather rows: rows of " + table.type() + " cannot be had as " + type + "; cast them");
    }
    Backend backend = table.backend();
    long[] shape = java.util.Arrays.copyOf(ids.shape(), ids.rank() + 1);
    shape[ids.rank()] = table.size(1);
    Tensor y = backend.empty(type, shape);
    backend.kernels().gatherRows(table, ids, y);
    return Tape.note("gather rows", y, Checks.list(table), Checks.list(ids),
        dy -> backend.kernels().scatterAddRows(dy, ids, table.gradBuffer()));
  }
}
