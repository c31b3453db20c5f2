package io.llama3v.train.soup;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.io.SafetensorsWriter.Entry;
import io.llama3v.io.ShardedWeights;
import io.llama3v.io.ShardedWriter;
import io.llama3v.io.TensorInfo;
import io.llama3v.io.WeightSource;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.checkpoint.TensorFiles;
import io.llama3v.train.soup.SoupReport.Ingredient;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Model soups: averages of the weights of several finetuned models (Wortsman et al.: Model soups, 2022). Sums are taken in double
 * and rounded once, so that a tensor which all ingredients share comes out bit for bit as it was.
 *
 * <pre>{@code
 * SoupReport report = Averager.uniform(List.of(run1, run2, run3), out);                          // folders to a folder
 * SoupReport report = Averager.greedy(sources, model.parameters(), () -> accuracy(model));       // into a model
 * }</pre>
 */
public final class Averager {
  private static final int CHUNK = 1 << 18;
  /** What belongs to a model beside its weights. */
  private static final Pattern COMPANION =
      Pattern.compile("(.*config|tokenizer|special_tokens_map|added_tokens|vocab|chat_template)\\.json|.*\\.(txt|model|jinja|tiktoken)");

  private Averager() {}

  /** Higher is better; called with the candidate's weights in the target. */
  @FunctionalInterface
  public interface Score {
    double evaluate() throws IOException;
  }

  /**
   * The plain mean of all ingredients, written into {@code target}.
   *
   * @throws IllegalArgumentException listing tensors that an ingredient lacks, has besides, or has in another shape
   */
  public static SoupReport uniform(List<? extends WeightSource> ingredients, Map<String, ? extends Tensor> target) throws IOException {
    check(ingredients, target);
    mean(ingredients, target);
    return new SoupReport("uniform", ingredients.stream().map(i -> new Ingredient(i.describe(), Double.NaN, true)).toList(), Double.NaN);
  }

  /**
   * Greedy soup: from the best ingredient to the worst, each is kept if the soup with it scores no worse than without. The result
   * is left in {@code target}, and is never worse than the best ingredient by this score.
   */
  public static SoupReport greedy(List<? extends WeightSource> ingredients, Map<String, ? extends Tensor> target, Score score)
      throws IOException {
    check(ingredients, target);
    record Scored(WeightSource source, double score) {}
    List<Scored> scored = new ArrayList<>();
    for (WeightSource source : ingredients) {
      mean(List.of(source), target);
      scored.add(new Scored(source, number(source, score.evaluate())));
    }
    scored.sort(Comparator.comparingDouble(Scored::score).reversed());
    double[] best = {scored.get(0).score()};
    List<Integer> kept = greedy(scored.stream().mapToDouble(Scored::score).toArray(), members -> {
      mean(members.stream().map(i -> scored.get(i).source()).toList(), target);
      double together = number(scored.get(members.get(members.size() - 1)).source(), score.evaluate());
      best[0] = Math.max(best[0], together);
      return together;
    });
    mean(kept.stream().map(i -> scored.get(i).source()).toList(), target);
    List<Ingredient> report = new ArrayList<>();
    for (int i = 0; i < scored.size(); i++) {
      report.add(new Ingredient(scored.get(i).source().describe(), scored.get(i).score(), kept.contains(i)));
    }
    return new SoupReport("greedy", report, best[0]);
  }

  /** Scores the mean of some ingredients, which are named by their rank. */
  @FunctionalInterface
  interface SetScore {
    double of(List<Integer> members) throws IOException;
  }

  /** Ranks of the ingredients of a greedy soup, given their own scores from best to worst. */
  static List<Integer> greedy(double[] ranked, SetScore score) throws IOException {
    List<Integer> soup = new ArrayList<>(List.of(0));
    double best = ranked[0];
    for (int i = 1; i < ranked.length; i++) {
      soup.add(i);
      double together = score.of(List.copyOf(soup));
      if (together >= best) best = together;
      else soup.remove(soup.size() - 1);
    }
    return soup;
  }

  /**
   * The plain mean of Hugging Face folders, as a new folder: weights in the element type of the first ingredient,
   * configurations and tokenizer copied from it. The folder appears whole or not at all.
   *
   * @throws FileAlreadyExistsException if {@code out} exists
   * @throws IllegalArgumentException if the ingredients' tensors or {@code config.json} differ
   */
  public static SoupReport uniform(List<Path> folders, Path out) throws IOException {
    if (Files.exists(out)) throw new FileAlreadyExistsException(out.toString(), null, "a soup is written into a new folder");
    requireSome(folders);
    sameConfig(folders);
    List<ShardedWeights> sources = new ArrayList<>();
    Path temporary = AtomicFiles.temporarySibling(out.toAbsolutePath());
    try {
      for (Path folder : folders) sources.add(ShardedWeights.open(folder));
      check(sources, shapes(sources.get(0)));
      Files.createDirectories(temporary);
      List<Entry> entries = new ArrayList<>();
      for (String name : sources.get(0).names()) entries.add(entry(sources, name));
      ShardedWriter.write(temporary, entries, ShardedWriter.DEFAULT_SHARD_BYTES);
      copyOthers(folders.get(0), temporary);
      AtomicFiles.forceFolder(temporary);
      AtomicFiles.publish(temporary, out.toAbsolutePath());
    } catch (IOException | RuntimeException failed) {
      AtomicFiles.deleteTree(temporary);
      throw failed;
    } finally {
      for (ShardedWeights source : sources) source.close();
    }
    return new SoupReport("uniform", folders.stream().map(f -> new Ingredient(f.toString(), Double.NaN, true)).toList(), Double.NaN);
  }

  // ---- the mean ----

  static void mean(List<? extends WeightSource> sources, Map<String, ? extends Tensor> target) throws IOException {
    FloatBuffer chunk = FloatBuffer.allocate(CHUNK);
    for (Map.Entry<String, ? extends Tensor> entry : target.entrySet()) {
      Tensor tensor = entry.getValue();
      for (long from = 0; from < tensor.elements(); from += CHUNK) {
        chunk.clear().limit((int) Math.min(CHUNK, tensor.elements() - from));
        TensorFiles.upload(mean(sources, entry.getKey(), from, chunk), tensor, from);
      }
    }
  }

  /** Fills the chunk, which is left ready for reading. */
  private static FloatBuffer mean(List<? extends WeightSource> sources, String name, long from, FloatBuffer chunk) throws IOException {
    int count = chunk.limit();
    double[] sums = new double[count];
    for (WeightSource source : sources) {
      source.readFloats(name, from, chunk.position(0));
      for (int i = 0; i < count; i++) sums[i] += chunk.get(i);
    }
    for (int i = 0; i < count; i++) chunk.put(i, (float) (sums[i] / sources.size()));
    return chunk.position(0);
  }

  private static Entry entry(List<ShardedWeights> sources, String name) throws IOException {
    TensorInfo info = sources.get(0).info(name);
    if (!info.dtype().toString().matches("F\\d+|BF16")) return Entry.copyOf(sources.get(0).file(name), name);
    return new Entry(info, sink -> {
      FloatBuffer chunk = FloatBuffer.allocate((int) Math.min(CHUNK, info.elements()));
      for (long from = 0; from < info.elements(); from += chunk.limit()) {
        chunk.clear().limit((int) Math.min(chunk.capacity(), info.elements() - from));
        sink.floats(mean(sources, name, from, chunk));
      }
    });
  }

  // ---- checks ----

  static void check(List<? extends WeightSource> ingredients, Map<String, ?> target) throws IOException {
    requireSome(ingredients);
    List<String> problems = new ArrayList<>();
    for (WeightSource source : ingredients) {
      TreeSet<String> left = new TreeSet<>(source.names());
      for (Map.Entry<String, ?> wanted : target.entrySet()) {
        long[] shape = wanted.getValue() instanceof Tensor tensor ? tensor.shape() : (long[]) wanted.getValue();
        if (!left.remove(wanted.getKey())) {
          problems.add(source.describe() + " lacks " + wanted.getKey());
        } else if (!Arrays.equals(shape, source.info(wanted.getKey()).shape())) {
          problems.add(source.describe() + ": " + source.info(wanted.getKey()) + "; expected shape " + Arrays.toString(shape));
        }
      }
      left.forEach(name -> problems.add(source.describe() + " has " + name + " besides"));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("these weights cannot be averaged (" + problems.size() + " problems):\n  "
          + String.join("\n  ", problems.subList(0, Math.min(12, problems.size()))));
    }
  }

  private static Map<String, long[]> shapes(WeightSource source) throws IOException {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (String name : source.names()) shapes.put(name, source.info(name).shape());
    return shapes;
  }

  private static void sameConfig(List<Path> folders) throws IOException {
    JsonNode first = null;
    for (Path folder : folders) {
      Path file = folder.resolve("config.json");
      if (!Files.exists(file)) continue;
      JsonNode config = Json.read(file);
      if (first == null) first = config;
      if (!first.equals(config)) {
        throw new IllegalArgumentException(file + " differs from that of " + folders.get(0) + ": only models of one architecture can be averaged");
      }
    }
  }

  private static void copyOthers(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (Files.isRegularFile(file) && COMPANION.matcher(name).matches()) Files.copy(file, to.resolve(name));
      }
    }
  }

  private static void requireSome(List<?> ingredients) {
    if (ingredients.isEmpty()) throw new IllegalArgumentException("a soup needs at least one ingredient");
  }

  static double number(WeightSource source, double score) {
    if (Double.isNaN(score)) throw new IllegalArgumentException("the score with " + source.describe() + " is NaN: it cannot be ranked");
    return score;
  }
}
