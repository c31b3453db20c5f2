package io.llama3v.train.preference;

import io.llama3v.train.loop.Task;

/** A task whose loss is a mean over pairs of answers. */
interface PairTask extends Task<PreferenceBatch> {
  @Override
  default double count(PreferenceBatch batch) {
    return batch.pairs().length;
  }

  @Override
  default long images(PreferenceBatch batch) {
    return batch.images() == null ? 0 : batch.images().count();
  }

  @Override
  default long tokens(PreferenceBatch batch) {
    return batch.text().counted();
  }
}
