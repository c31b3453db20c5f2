package io.llama3v.backend.nd4j;

import io.llama3v.backend.AttentionMask;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The rules of an {@link AttentionMask} written out as a matrix. */
final class AttentionMasks {
  private AttentionMasks() {}

  /**
   * [queries, keys] for one row of the batch: 0 where a query may see a key, −∞ where not; null if it may see all. The bias is
   * not part of it.
   */
  static INDArray additive(Scratch s, AttentionMask mask, long b, long queries, long keys, DType type) {
    if (!mask.causal() && mask.keys() == null && mask.padding() == null && mask.groups() == null && mask.starts() == null) {
      return null;
    }
    INDArray seen = s.of(Nd4j.ones(type.nd4j(), queries, keys));
    if (mask.causal()) seen.muli(causal(s, queries, keys, type));
    if (mask.keys() != null) seen.muli(nonZero(s, Views.at(mask.keys(), b * keys, 1, keys), type));
    if (mask.padding() != null) {
      INDArray ofQuery = nonZero(s, Views.at(mask.padding(), b * queries, queries, 1), type);
      INDArray ofKey = nonZero(s, Views.at(mask.padding(), b * queries, 1, keys), type);
      seen.muli(outer(s, ofQuery, ofKey).rsubi(1));
    }
    if (mask.groups() != null) seen.muli(groups(s, mask.groups(), b, queries, keys, type));
    if (mask.starts() != null) seen.muli(starts(s, mask.starts(), b, queries, keys, type));
    // log 0 = −∞ and log 1 = 0.
    return s.of(Transforms.log(seen, true));
  }

  /** 1 where {@code j <= i + keys − queries}. */
  private static INDArray causal(Scratch s, long queries, long keys, DType type) {
    INDArray i = s.of(s.of(Nd4j.arange(queries)).castTo(type.nd4j())).reshape('c', queries, 1);
    INDArray j = s.of(s.of(Nd4j.arange(keys)).castTo(type.nd4j())).reshape('c', 1, keys);
    INDArray lead = s.of(s.of(Nd4j.zeros(type.nd4j(), queries, keys)).add(i));
    lead.subi(j);
    return s.of(s.of(lead.gt(queries - keys - 0.5)).castTo(type.nd4j()));
  }

  /** 1 where {@code j >= starts[i]}. */
  private static INDArray starts(Scratch s, Tensor starts, long b, long queries, long keys, DType type) {
    INDArray j = s.of(s.of(Nd4j.arange(keys)).castTo(type.nd4j())).reshape('c', 1, keys);
    INDArray past = s.of(s.of(Nd4j.zeros(type.nd4j(), queries, keys)).addRowVector(j));
    past.subiColumnVector(Views.at(starts, b * queries, queries, 1));
    return s.of(s.of(past.gt(-0.5)).castTo(type.nd4j()));
  }

  /** Each of the G columns repeated for the keys of its group: [queries, G · 1] times [1, keys / G]. */
  private static INDArray groups(Scratch s, Tensor groups, long b, long queries, long keys, DType type) {
    long count = groups.size(2);
    INDArray column = nonZero(s, Views.at(groups, b * queries * count, queries * count, 1), type);
    INDArray ones = s.of(Nd4j.ones(type.nd4j(), 1, keys / count));
    return outer(s, column, ones).reshape('c', queries, keys);
  }

  private static INDArray outer(Scratch s, INDArray column, INDArray row) {
    INDArray product = s.of(Nd4j.createUninitialized(column.dataType(), column.size(0), row.size(1)));
    Products.multiply(column, false, row, false, product);
    return product;
  }

  private static INDArray nonZero(Scratch s, INDArray x, DType type) {
    return s.of(s.of(x.neq(0)).castTo(type.nd4j()));
  }
}
