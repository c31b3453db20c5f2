package io.llama3v.train.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.llama3v.io.AtomicFiles;
import io.llama3v.train.eval.EvaluationTable;
import io.llama3v.train.report.ReportData.Curve;
import io.llama3v.train.report.ReportData.Sample;
import io.llama3v.train.report.ReportData.SoupRow;
import io.llama3v.train.report.ReportData.Stage;
import io.llama3v.train.report.ReportData.StageCurves;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The files of a run directory that a report is made from: their names, and how to write and read them. */
public final class RunFiles {
  public static final String METRICS = "metrics.jsonl";
  public static final String STAGES = "stages.json";
  public static final String SAMPLES = "samples.json";
  public static final String EVALUATION = "evaluation.json";
  public static final String SOUP = "soup.json";
  public static final String PROVENANCE = "provenance.json";
  public static final String CONFIG = "config.yaml";
  public static final String REPORT = "report.html";
  /** Folder of TensorBoard event files, one folder in it for each stage. */
  public static final String TENSORBOARD = "tensorboard";

  private static final long LARGEST_JSON = 256L << 20;
  private static final long LARGEST_PICTURE = 16L << 20;
  private static final long LARGEST_CONFIG = 1L << 20;
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS).build();

  private RunFiles() { }

  /** Writes any part of a report, or anything else that is data, as JSON, whole or not at all. */
  public static void writeJson(Path file, Object value) throws IOException {
    AtomicFiles.writeBytes(file, JSON.writeValueAsBytes(value));
  }

  /** A picture as the {@code data:} address that a sample holds, in PNG. */
  public static String dataUri(BufferedImage picture) {
    return HeatMap.dataUri(picture);
  }

  /**
   * An encoded picture as the {@code data:} address that a sample holds.
   *
   * @param type {@code png}, {@code jpeg}, {@code webp} or {@code gif}
   */
  public static String dataUri(String type, byte[] encoded) {
    return "data:image/" + type + ";base64," + Base64.getEncoder().encodeToString(encoded);
  }

  static ReportData collect(Path run) throws IOException {
    if (!Files.isDirectory(run)) {
      throw new IOException(run + " is not a directory: give the directory of a run, which holds " + METRICS);
    }
    if (Stream.of(METRICS, STAGES, SAMPLES, EVALUATION, CONFIG).noneMatch(name -> Files.exists(run.resolve(name)))) {
      throw new IOException(run + " is not the folder of a run: there is neither " + METRICS + " nor " + CONFIG + " in it");
    }
    Path metrics = run.resolve(METRICS);
    List<MetricsRecord> records = Files.exists(metrics) ? MetricsLog.read(metrics) : List.of();
    List<Stage> stages = read(run.resolve(STAGES), new TypeReference<List<Stage>>() { }, List.of());
    List<Sample> samples = new ArrayList<>();
    for (Sample sample : read(run.resolve(SAMPLES), new TypeReference<List<Sample>>() { }, List.<Sample>of())) {
      samples.add(sample.withImage(inline(run, sample)));
    }
    Path config = run.resolve(CONFIG);
    return new ReportData(run.toAbsolutePath().normalize().getFileName().toString(),
        LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)),
        flatten(read(run.resolve(PROVENANCE), new TypeReference<JsonNode>() { }, JSON.createObjectNode())),
        Files.exists(config) && Files.size(config) <= LARGEST_CONFIG ? Files.readString(config) : "",
        stages.isEmpty() ? stages(records) : stages, curves(records), samples,
        evaluations(run, stages.stream().map(Stage::name).toList()),
        read(run.resolve(SOUP), new TypeReference<List<SoupRow>>() { }, List.of()));
  }

  /** The run's tables, and those that stages left in folders of their own, in the order of the stages. */
  private static List<EvaluationTable> evaluations(Path run, List<String> order) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> folders = Files.list(run)) {
      folders.map(folder -> folder.resolve(EVALUATION)).filter(Files::isRegularFile).forEach(files::add);
    }
    files.sort(Comparator.comparingInt((Path file) -> {
      int place = order.indexOf(file.getParent().getFileName().toString());
      return place < 0 ? order.size() : place;
    }).thenComparing(Comparator.naturalOrder()));
    if (Files.isRegularFile(run.resolve(EVALUATION))) files.add(0, run.resolve(EVALUATION));
    List<EvaluationTable> tables = new ArrayList<>();
    for (Path file : files) tables.addAll(EvaluationTable.read(file));
    return tables;
  }

  private static <T> T read(Path file, TypeReference<T> type, T absent) throws IOException {
    if (!Files.exists(file)) {
      return absent;
    }
    if (Files.size(file) > LARGEST_JSON) {
      throw new IOException(file + " has " + Files.size(file) + " bytes, more than the " + LARGEST_JSON + " that a report reads");
    }
    try {
      T value = JSON.readValue(file.toFile(), type);
      return value == null ? absent : value;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new IOException(file + ":" + line + ": " + e.getOriginalMessage() + "; mend the file, or delete it to leave its part out", e);
    }
  }

  /** The picture of a sample as a data address; null where there is none. A path may not lead out of the run directory. */
  private static String inline(Path run, Sample sample) throws IOException {
    String image = sample.image();
    if (image == null || image.startsWith("data:")) {
      return image;
    }
    Path file = run.resolve(image).normalize();
    if (!file.startsWith(run.normalize())) {
      throw new IOException(run.resolve(SAMPLES) + ": the picture of sample " + sample.key() + " is " + image
          + ", outside the run directory; name a file inside it");
    }
    if (!Files.isRegularFile(file) || Files.size(file) > LARGEST_PICTURE) {
      return null;
    }
    String name = image.toLowerCase(Locale.ROOT);
    String type = name.endsWith(".jpg") || name.endsWith(".jpeg") ? "jpeg" : name.endsWith(".webp") ? "webp"
        : name.endsWith(".gif") ? "gif" : "png";
    return dataUri(type, Files.readAllBytes(file));
  }

  /** {@code {"machine": {"cores": 2}}} as {@code machine.cores = 2}. */
  private static Map<String, String> flatten(JsonNode node) {
    Map<String, String> flat = new LinkedHashMap<>();
    flatten("", node, flat);
    return flat;
  }

  private static void flatten(String prefix, JsonNode node, Map<String, String> flat) {
    if (node.isObject()) {
      node.properties().forEach(field -> flatten(prefix.isEmpty() ? field.getKey() : prefix + "." + field.getKey(), field.getValue(), flat));
    } else {
      flat.put(prefix, node.isValueNode() ? node.asText() : node.toString());
    }
  }

  private static List<Stage> stages(List<MetricsRecord> records) {
    Map<String, Stage> stages = new LinkedHashMap<>();
    for (MetricsRecord r : records) {
      stages.merge(r.stage(), new Stage(r.stage(), Stage.Status.DONE, r.step(), 0, r.seconds(), null), (a, b) ->
          new Stage(a.name(), a.status(), Math.max(a.step(), b.step()), 0, Math.max(a.seconds(), b.seconds()), null));
    }
    return List.copyOf(stages.values());
  }

  private static List<StageCurves> curves(List<MetricsRecord> records) {
    Map<String, Map<String, List<MetricsRecord>>> byStage = new LinkedHashMap<>();
    for (MetricsRecord record : records) {
      Map<String, List<MetricsRecord>> byName = byStage.computeIfAbsent(record.stage(), s -> new LinkedHashMap<>());
      record.values().keySet().forEach(name -> byName.computeIfAbsent(name, n -> new ArrayList<>()).add(record));
    }
    List<StageCurves> stages = new ArrayList<>();
    byStage.forEach((stage, byName) -> {
      List<Curve> curves = new ArrayList<>();
      byName.forEach((name, points) -> curves.add(new Curve(name, points.stream().mapToLong(MetricsRecord::step).toArray(),
          points.stream().mapToDouble(point -> point.values().get(name)).toArray())));
      stages.add(new StageCurves(stage, curves));
    });
    return stages;
  }
}
