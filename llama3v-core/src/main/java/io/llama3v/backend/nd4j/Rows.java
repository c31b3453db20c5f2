package io.llama3v.backend.nd4j;

import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Rows looked up by index. */
final class Rows {
  private Rows() {}

  static void gather(Tensor table, Tensor ids, Tensor y) {
    if (y.elements() == 0) return;
    checkedIds(ids, table.size(0));
    Nd4j.exec(DynamicCustomOp.builder("gather").addInputs(Views.rows(table), Views.flat(ids)).addIntegerArguments(0)
        .addOutputs(Views.rows(y)).build());
  }

  /** One row after another, so that an index that occurs twice gets both contributions whatever ND4J's threads do. */
  static void scatterAdd(Tensor dy, Tensor ids, Tensor dTable) {
    if (dy.elements() == 0) return;
    int[] rows = checkedIds(ids, dTable.size(0));
    long width = dTable.size(1);
    for (int r = 0; r < rows.length; r++) {
      INDArray from = Views.at(dy, r * width, width);
      Views.at(dTable, rows[r] * width, width).addi(from);
    }
  }

  private static int[] checkedIds(Tensor ids, long count) {
    int[] rows = Views.flat(ids).toIntVector();
    for (int r = 0; r < rows.length; r++) {
      if (rows[r] < 0 || rows[r] >= count) {
        throw new IndexOutOfBoundsException("row index " + rows[r] + " at position " + r + " is outside a table of " + count
            + " rows");
      }
    }
    return rows;
  }
}
