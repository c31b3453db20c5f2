package io.llama3v.train.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.train.copy.TilePictures;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorTest {
  @TempDir
  private Path dir;

  @BeforeEach
  void shards() throws IOException {
    try (TarShardWriter writer = new TarShardWriter(dir.resolve("raw"), "r", 16, Long.MAX_VALUE)) {
      for (Sample sample : TilePictures.samples(0, 24)) writer.write(sample);
    }
  }

  @Test
  void trainsThenCalibrates() {
    String shards = dir.resolve("raw") + "/r-*.tar";
    Run train = Run.of("descriptor", "train", shards, "--out", dir.resolve("net"), "--steps", 2, "--batch", 4, "--width", 2, "--layers", "1,1,1,1",
        "--dimension", 8, "--side", 32);
    assertEquals(0, train.code(), train.err());
    assertTrue(train.out().contains("loss "), train.out());
    for (Object descriptor : new Object[] {"phash", dir.resolve("net")}) {
      Run calibrate = Run.of("descriptor", "calibrate", descriptor, shards, "--target-precision", "0.5", "--edits", "SCALE,TONE");
      assertEquals(0, calibrate.code(), calibrate.err());
      assertTrue(calibrate.out().contains("on 24 pictures") && calibrate.out().contains("recall of scale"), calibrate.out());
    }
    Run pool = Run.of("descriptor", "calibrate", "phash", shards, "--target-precision", "0.9", "--edits", "SCALE", "--pool", "1000000");
    assertEquals(0, pool.code(), pool.err());
    assertTrue(pool.out().contains("no false pair in 552;") && pool.out().contains("so few pictures cannot tell"), pool.out()); // 24 x 23
    Run wrong = Run.of("descriptor", "calibrate", dir.resolve("absent.onnx"), shards);
    assertTrue(wrong.code() != 0 && wrong.err().contains("absent.onnx"), wrong.err());
  }
}
