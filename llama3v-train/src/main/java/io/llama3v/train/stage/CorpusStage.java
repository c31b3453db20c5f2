package io.llama3v.train.stage;

import io.llama3v.data.corpus.CorpusBuilder;
import io.llama3v.train.report.Progress;
import java.io.IOException;

/** Makes the corpus of icon pictures, unless it is there. */
final class CorpusStage implements Stage {
  @Override
  public void run(StageContext context) throws IOException {
    ProgressBars bars = new ProgressBars();
    try {
      CorpusBuilder.build(context.config().corpus().toConfig(context.config().seed()), bars);
    } finally {
      bars.close();
    }
  }
}
