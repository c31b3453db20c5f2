package io.llama3v.data.curate.dirt;

import com.fasterxml.jackson.databind.ObjectReader;
import io.llama3v.data.curate.ledger.LedgerRow;
import io.llama3v.io.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/**
 * What a curation found of the dirt that was put in.
 *
 * @param kinds one row a kind of dirt
 * @param steps one row a step that dropped something
 */
public record DirtScore(List<KindRow> kinds, List<StepRow> steps) {

  /**
   * One kind of dirt.
   *
   * @param seeded    samples of it
   * @param byItsStep of them, dropped by the step that should
   * @param before    of them, dropped by a step that comes before it
   * @param after     of them, dropped by a step behind it, which it should have left nothing to do
   * @param unlisted  of them, in no ledger row: behind the end of a shard that breaks off
   * @param kept      of them, in the curated set
   */
  public record KindRow(DirtKind kind, int seeded, int byItsStep, int before, int after, int unlisted, int kept) {
    /** Share of those that came to its own step that it dropped. */
    public double recall() {
      int came = seeded - before - unlisted;
      return came == 0 ? Double.NaN : (double) byItsStep / came;
    }
  }

  /**
   * One step.
   *
   * @param dropped samples
   * @param right   of them, dirt of a kind that the step is for
   * @param other   of them, other dirt
   * @param clean   of them, clean
   */
  public record StepRow(String step, int dropped, int right, int other, int clean) {
    /** Share of the dropped that are dirt of any kind; NaN for steps that are not there to find dirt, such as resampling. */
    public double precision() {
      boolean cleans = Arrays.stream(DirtKind.values()).anyMatch(kind -> kind.step().equals(step));
      return dropped == 0 || !cleans ? Double.NaN : (double) (right + other) / dropped;
    }
  }

  /**
   * Compares a folder of dirty shards with the ledger of the run that curated them. Of a copy and the sample it was made of, either may be
   * dropped: the pair counts as found if not both are kept, and both count as dirt of that kind for the step's precision.
   *
   * @param dirty folder of the shards and of {@code truth.jsonl}
   * @param run   folder of the run, with its ledger and funnel
   */
  public static DirtScore of(Path dirty, Path run) throws IOException {
    Map<String, LedgerRow> ledger = ledger(run.resolve("ledger"));
    List<String> order = new ArrayList<>();
    Json.read(run.resolve("funnel.json")).path("stages").forEach(stage -> order.add(stage.path("step").asText()));
    List<Truth> truth = truth(dirty.resolve("truth.jsonl"));
    Map<String, LedgerRow> byKey = new HashMap<>();
    Set<String> copied = new HashSet<>();
    for (Truth t : truth) {
      if (!t.kind().equals(DirtKind.REPEATED_KEY.word())) {
        byKey.put(t.key(), ledger.get(t.shard() + "#" + t.index()));
      }
      if (t.kind().equals(DirtKind.COPY.word())) {
        copied.add(t.of());
      }
    }
    Map<DirtKind, int[]> kinds = new TreeMap<>();
    Map<String, int[]> steps = new LinkedHashMap<>();
    for (Truth t : truth) {
      DirtKind kind = DirtKind.of(t.kind());
      LedgerRow row = ledger.get(t.shard() + "#" + t.index());
      boolean listed = row != null && (row.key().equals(t.key()) || !row.kept());
      count(kinds.computeIfAbsent(kind, k -> new int[6]), kind, listed ? row : null, byKey.get(t.of()), order);
      if (listed && !row.kept()) {
        int[] step = steps.computeIfAbsent(row.step(), s -> new int[4]);
        boolean ofCopy = row.step().equals(DirtKind.COPY.step()) && copied.contains(t.key());
        step[0]++;
        step[kind.step().equals(row.step()) || ofCopy ? 1 : kind == DirtKind.CLEAN ? 3 : 2]++;
      }
    }
    List<KindRow> kindRows = new ArrayList<>();
    kinds.forEach((k, n) -> kindRows.add(new KindRow(k, n[0], n[1], n[2], n[3], n[4], n[5])));
    List<StepRow> stepRows = new ArrayList<>();
    steps.forEach((s, n) -> stepRows.add(new StepRow(s, n[0], n[1], n[2], n[3])));
    return new DirtScore(kindRows, stepRows);
  }

  private static void count(int[] n, DirtKind kind, LedgerRow row, LedgerRow original, List<String> order) {
    n[0]++;
    boolean copyResolved = kind == DirtKind.COPY && row != null && row.kept() && original != null && original.step().equals(kind.step());
    if (row == null) {
      n[4]++;
    } else if (copyResolved || !row.kept() && row.step().equals(kind.step())) {
      n[1]++;
    } else if (row.kept()) {
      n[5]++;
    } else {
      n[order.indexOf(row.step()) < order.indexOf(kind.step()) ? 2 : 3]++;
    }
  }

  private static Map<String, LedgerRow> ledger(Path folder) throws IOException {
    TreeSet<Path> files = new TreeSet<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder, "*.jsonl.gz")) {
      listing.forEach(files::add);
    }
    Map<String, LedgerRow> rows = new HashMap<>();
    ObjectReader reader = Json.mapper().readerFor(LedgerRow.class);
    for (Path file : files) {
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)),
          StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          LedgerRow row = reader.readValue(line);
          rows.put(row.shard() + "#" + row.index(), row);
        }
      }
    }
    return rows;
  }

  private static List<Truth> truth(Path file) throws IOException {
    List<Truth> truth = new ArrayList<>();
    ObjectReader reader = Json.mapper().readerFor(Truth.class);
    for (String line : Files.readAllLines(file)) {
      truth.add(reader.readValue(line));
    }
    return truth;
  }
}
