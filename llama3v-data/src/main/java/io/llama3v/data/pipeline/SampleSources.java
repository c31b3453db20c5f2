package io.llama3v.data.pipeline;

import io.llama3v.data.format.JsonlPairs;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.data.shard.ShardPattern;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens what a text names:
 * <ul>
 * <li>{@code raw/x-{000000..000099}.tar}: tar shards by a {@link ShardPattern};</li>
 * <li>{@code pairs-*.jsonl}: {@link JsonlPairs}, pictures below each file's folder;</li>
 * <li>{@code raw/x-*.tar#selection=runs/curate/selection.jsonl.gz}: the samples of tar shards that a {@link Selection} keeps.</li>
 * </ul>
 */
public final class SampleSources {
  private static final String SELECTION = "#selection=";

  private SampleSources() {}

  /** Opens a source; close it after use. */
  public static OpenSource open(String spec) throws IOException {
    int at = spec.indexOf(SELECTION);
    String pattern = at < 0 ? spec : spec.substring(0, at);
    if (pattern.endsWith(".jsonl")) {
      if (at >= 0) {
        throw new IllegalArgumentException("'" + spec + "': selections apply to tar shards");
      }
      return jsonl(pattern);
    }
    ShardIndex index = ShardIndex.open(pattern);
    try {
      SampleSource source = at < 0 ? index : Selection.read(Path.of(spec.substring(at + SELECTION.length()))).apply(index);
      return new OpenSource(source, List.of(index));
    } catch (IOException | RuntimeException failed) {
      try (index) {
        throw failed;
      }
    }
  }

  /**
   * The files that a text names, a selection's last, without opening them.
   *
   * @throws IOException if there are none, or the selection is not there
   */
  public static List<Path> files(String spec) throws IOException {
    int at = spec.indexOf(SELECTION);
    if (at < 0) {
      return ShardPattern.expand(spec);
    }
    List<Path> files = new ArrayList<>(ShardPattern.expand(spec.substring(0, at)));
    Path selection = Path.of(spec.substring(at + SELECTION.length()));
    if (!Files.isRegularFile(selection)) {
      throw new NoSuchFileException(selection + ": there is no such selection");
    }
    files.add(selection);
    return files;
  }

  private static OpenSource jsonl(String pattern) throws IOException {
    List<JsonlPairs> files = new ArrayList<>();
    try {
      for (Path file : ShardPattern.expand(pattern)) {
        files.add(JsonlPairs.open(file));
      }
    } catch (IOException | RuntimeException failed) {
      for (JsonlPairs file : files) {
        file.close();
      }
      throw failed;
    }
    return new OpenSource(files.size() == 1 ? files.get(0) : chain(pattern, files), files);
  }

  /** Sources one after the other, as one. */
  public static SampleSource chain(String description, List<? extends SampleSource> sources) {
    long[] before = new long[sources.size() + 1];
    for (int s = 0; s < sources.size(); s++) {
      before[s + 1] = before[s] + sources.get(s).size();
    }
    List<SampleSource> parts = List.copyOf(sources);
    return new SampleSource() {
      @Override
      public long size() {
        return before[parts.size()];
      }

      @Override
      public Sample read(long index) throws IOException {
        int s = 0;
        while (index >= before[s + 1]) {
          s++;
        }
        return parts.get(s).read(index - before[s]);
      }

      @Override
      public String describe() {
        return description;
      }

      @Override
      public String fingerprint() throws IOException {
        MessageDigest digest = Digests.sha256();
        for (SampleSource part : parts) {
          digest.update((part.fingerprint() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return Digests.hex(digest);
      }
    };
  }
}
