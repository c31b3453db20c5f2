package io.llama3v.data.curate.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.ImageTextScorer;
import io.llama3v.data.curate.PictureInfo;
import io.llama3v.data.curate.ReduceContext;
import io.llama3v.data.curate.Reduction;
import io.llama3v.data.curate.ScorerConfig;
import io.llama3v.data.curate.TestPictures;
import io.llama3v.image.ImageFormat;
import io.llama3v.image.RgbImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimilarityStepTest {
  /** A caption's similarity is the number that it is. */
  private static final class Spoken implements ImageTextScorer {
    @Override
    public String fingerprint() {
      return "spoken";
    }

    @Override
    public double[][] score(List<RgbImage> images, List<List<String>> texts) {
      return texts.stream().map(list -> list.stream().mapToDouble(Double::parseDouble).toArray()).toArray(double[][]::new);
    }

    @Override
    public void close() {}
  }

  private static SimilarityConfig config(Double minimum, Double topFraction, boolean perCaption) {
    return new SimilarityConfig(new ScorerConfig(Path.of("clip"), null, null, null), minimum, topFraction, perCaption);
  }

  /** What becomes of samples, one a line of captions: kept captions, or "-". */
  private static List<String> run(SimilarityConfig config, String... samples) throws IOException {
    SimilarityStep step = new SimilarityStep(config, new Spoken());
    List<Candidate> batch = new ArrayList<>();
    for (int i = 0; i < samples.length; i++) {
      batch.add(new Candidate(CurationRecord.read("s" + i, "s" + i, 0, i, List.of(samples[i].split(" ")),
          new PictureInfo(ImageFormat.PNG, 8, 8, 100)), TestPictures.png(8, 8, i)));
    }
    List<CurationRecord> measured = step.measure(batch);
    int half = samples.length / 2;
    Float threshold = reduce(step.reduction(), measured.subList(0, half), measured.subList(half, samples.length));
    return measured.stream().map(r -> step.decide(r, threshold)).map(r -> r.kept() ? String.join(" ", r.captions()) : "-").toList();
  }

  private static <P, G> G reduce(Reduction<P, G> reduction, List<CurationRecord> first, List<CurationRecord> second) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    reduction.writePart(reduction.map(first.iterator()), out);
    reduction.writePart(reduction.map(second.iterator()), out);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    return reduction.reduce(List.of(reduction.readPart(in), reduction.readPart(in)), new ReduceContext(1, Path.of("unused")));
  }

  @Test
  void anAbsoluteThreshold() throws IOException {
    assertEquals(List.of("0.3", "-", "0.5", "0.25"), run(config(0.25, null, true), "0.3", "0.2", "0.5 0.1", "0.25"));
    assertEquals(List.of("0.3", "-", "0.5 0.1", "0.25"), run(config(0.25, null, false), "0.3", "0.2", "0.5 0.1", "0.25"));
  }

  @Test
  void theTopFractionOfAllShards() throws IOException {
    assertEquals(List.of("0.3", "-", "0.5", "-"), run(config(null, 0.5, true), "0.3", "0.2", "0.1 0.5", "0.25"));
    assertEquals(List.of("-", "-", "0.5", "-"), run(config(0.4, 0.5, true), "0.3", "0.2", "0.1 0.5", "0.25"));
    assertEquals(List.of("0.3", "0.2", "0.1", "0.25"), run(config(null, 1.0, true), "0.3", "0.2", "0.1", "0.25"));
  }

  @Test
  void settingsNameTheModel() {
    assertTrue(new SimilarityStep(config(0.3, null, true), new Spoken()).settings().containsValue("spoken"));
    assertThrows(IllegalArgumentException.class, () -> config(null, 0.0, true));
    assertThrows(IllegalArgumentException.class, () -> config(2.0, null, true));
  }
}
