package io.llama3v.train.annotate;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.pipeline.Permutation;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.io.Limits;
import io.llama3v.tensor.CounterRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/** Pictures taken at random from tar shards or a folder, each with what is asked about it. */
final class PictureListing {
  private static final String DESCRIBE = "What does the picture show?";
  private static final List<String> EXTENSIONS = List.of(".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp");

  /** A picture before it is described. */
  record Found(String name, String question, byte[] bytes) {}

  /** Gets pictures one by one. */
  @FunctionalInterface
  interface Sink {
    /** Returns false once there are enough. */
    boolean take(Found found) throws IOException;
  }

  private PictureListing() {}

  /**
   * Goes through the data in an order that the seed draws.
   *
   * @throws IOException if there is no data, or no picture in it
   */
  static void read(AnnotationPlan plan, Sink sink) throws IOException {
    Path folder = Path.of(plan.data().contains("*") || plan.data().contains("{") ? "." : plan.data());
    if (!plan.data().contains("::") && !folder.equals(Path.of(".")) && Files.isDirectory(folder)) {
      folder(plan, folder, sink);
      return;
    }
    try (ShardIndex shards = ShardIndex.open(plan.data())) {
      long taken = 0;
      LongFunction<Long> order = order(shards.size(), plan.seed(), plan.data());
      for (long i = 0; i < shards.size(); i++) {
        long at = order.apply(i);
        Sample sample = shards.read(at);
        if (!sample.hasImage()) continue;
        taken++;
        String name = shards.file(at).toAbsolutePath().normalize() + "#" + sample.key();
        if (!sink.take(new Found(name, question(plan, sample, at), sample.image()))) return;
      }
      if (taken == 0) throw new IOException(plan.data() + ": no sample has a picture");
    }
  }

  private static void folder(AnnotationPlan plan, Path folder, Sink sink) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(f -> EXTENSIONS.stream().anyMatch(f.toString().toLowerCase(Locale.ROOT)::endsWith)).filter(Files::isRegularFile)
          .sorted().forEach(files::add);
    }
    LongFunction<Long> order = order(files.size(), plan.seed(), plan.data());
    for (int i = 0; i < files.size(); i++) {
      long at = order.apply(i);
      Path file = files.get((int) at);
      if (Files.size(file) > Limits.IMAGE_BYTES) continue;
      Found found = new Found(file.toAbsolutePath().normalize().toString(), asked(plan, at), Files.readAllBytes(file));
      if (!sink.take(found)) return;
    }
  }

  private static LongFunction<Long> order(long size, long seed, String data) throws IOException {
    if (size == 0) throw new IOException(data + " holds no picture; expected tar shards with pictures, or a folder of " + EXTENSIONS);
    Permutation permutation = new Permutation(size, new CounterRandom(seed, "annotate pool").bits(0));
    return permutation::apply;
  }

  private static String asked(AnnotationPlan plan, long at) {
    if (plan.questions().isEmpty()) return DESCRIBE;
    return plan.questions().get(new CounterRandom(plan.seed(), "annotate question").below(at, plan.questions().size()));
  }

  private static String question(AnnotationPlan plan, Sample sample, long at) {
    if (plan.questions().isEmpty() && sample.member("json").isPresent()) {
      List<String> own = new ArrayList<>();
      for (JsonNode turn : sample.json().path("conversations")) if (turn.path("question").isTextual()) own.add(turn.path("question").asText());
      if (!own.isEmpty()) return own.get(new CounterRandom(plan.seed(), "annotate question").below(at, own.size()));
    }
    return asked(plan, at);
  }
}
