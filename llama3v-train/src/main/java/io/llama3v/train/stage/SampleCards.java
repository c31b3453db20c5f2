package io.llama3v.train.stage;

import io.llama3v.data.sample.Sample;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import io.llama3v.train.eval.ExactMatch;
import io.llama3v.train.report.AttentionMaps;
import io.llama3v.train.report.ReportData;
import io.llama3v.train.report.RunFiles;
import io.llama3v.vision.image.MllamaTransform;
import io.llama3v.vision.image.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Pictures with questions and answers for the report. */
final class SampleCards {
  private final Path run;
  private final MllamaTransform transform;
  private final List<ReportData.Sample> cards = new ArrayList<>();

  SampleCards(Path run, int tileSize, int tiles) {
    this.run = run;
    this.transform = new MllamaTransform(tileSize, tiles);
  }

  void add(Sample sample, String kind, String question, String target, Answerer.Seen seen, String blind) {
    String answer = seen.answer();
    RgbImage image = ImageDecoder.decode(sample.image(), sample.key());
    Placement place = transform.layout().place(image.height(), image.width());
    boolean graded = !kind.equals("caption");
    cards.add(new ReportData.Sample(sample.key(), kind, RunFiles.dataUri("png", sample.image()),
        AttentionMaps.grid(place),
        question, target, answer, blind, graded ? ExactMatch.matches(answer, target) : null,
        graded ? ExactMatch.matches(blind, target) : null, seen.attention()));
  }

  void write() throws IOException {
    RunFiles.writeJson(run.resolve(RunFiles.SAMPLES), cards);
  }
}
