package io.llama3v.train.eval;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.llama3v.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a model scored, row by row, beside what it would score without seeing (the blind model: the same language model without the
 * image), by luck (chance), and what was asked of it (the bar).
 *
 * @param title what was evaluated
 * @param note  how, in a sentence; may be null
 * @param rows  the rows
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record EvaluationTable(String title, String note, List<Row> rows) {
  private static final long LARGEST_FILE = 64L << 20;

  public EvaluationTable {
    title = title == null ? "" : title;
    rows = rows == null ? List.of() : List.copyOf(rows);
  }

  public EvaluationTable(String title, List<Row> rows) {
    this(title, null, rows);
  }

  /**
   * One score. Scores with an empty {@code unit} are fractions from 0 to 1 and shown as percentages; others (a median rank) are shown
   * as they are. What is not known is null.
   *
   * @param task   the task: "retrieval", "vqa"
   * @param kind   kind of question, or what is retrieved; may be empty
   * @param split  the split: "held-out concepts"
   * @param metric the metric: "R@1", "accuracy", "ANLS (RRC)"
   * @param n      number of items
   * @param model  the model's score
   * @param blind  the blind model's score
   * @param chance the score of luck
   * @param low    lower end of the model's confidence interval
   * @param high   upper end
   * @param bar    what was asked for
   * @param unit   empty for a fraction
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Row(String task, String kind, String split, String metric, int n, double model, Double blind, Double chance,
                    Double low, Double high, Bar bar, String unit) {

    public Row {
      task = task == null ? "" : task;
      kind = kind == null ? "" : kind;
      split = split == null ? "" : split;
      metric = metric == null ? "" : metric;
      unit = unit == null ? "" : unit;
    }

    /** A score that is a fraction; the rest is added by the {@code with} methods. */
    public static Row of(String task, String kind, String split, String metric, int n, double model) {
      return new Row(task, kind, split, metric, n, model, null, null, null, null, null, "");
    }

    public Row withBlind(double value) {
      return new Row(task, kind, split, metric, n, model, value, chance, low, high, bar, unit);
    }

    public Row withChance(double value) {
      return new Row(task, kind, split, metric, n, model, blind, value, low, high, bar, unit);
    }

    public Row withInterval(Bootstrap.Interval interval) {
      return new Row(task, kind, split, metric, n, model, blind, chance, interval.low(), interval.high(), bar, unit);
    }

    public Row withBar(Bar value) {
      return new Row(task, kind, split, metric, n, model, blind, chance, low, high, value, unit);
    }

    public Row withUnit(String value) {
      return new Row(task, kind, split, metric, n, model, blind, chance, low, high, bar, value);
    }

    /** The score from which on the bar is met; null without a bar or without the number it refers to. */
    public Double target() {
      return bar == null ? null : bar.target(this);
    }

    /** Whether the bar is met; null where there is no {@link #target}. */
    @JsonProperty(value = "met", access = JsonProperty.Access.READ_ONLY)
    public Boolean met() {
      Double target = target();
      // A score of 29 of 200 against 15 times 1/200 must not fail for the last bit of a product.
      return target == null ? null : model >= target - 1e-9;
    }

    /** A score in this row's unit, as text: "12.5%", "3.0 rank", or a dash for null. */
    public String format(Double value) {
      if (value == null || value.isNaN()) {
        return "-";
      }
      return unit.isEmpty() ? String.format(Locale.ROOT, "%.1f%%", 100 * value) : String.format(Locale.ROOT, "%.1f %s", value, unit);
    }
  }

  /** What is asked of a score. */
  public record Bar(Rule rule, double value) {

    /** What {@link #value} refers to. */
    public enum Rule {
      /** The score itself. */
      @JsonProperty("at_least") AT_LEAST,
      /** A multiple of chance. */
      @JsonProperty("times_chance") TIMES_CHANCE,
      /** A difference to the blind model, as a fraction: 0.5 is 50 points. */
      @JsonProperty("above_blind") ABOVE_BLIND
    }

    public static Bar atLeast(double score) {
      return new Bar(Rule.AT_LEAST, score);
    }

    public static Bar timesChance(double factor) {
      return new Bar(Rule.TIMES_CHANCE, factor);
    }

    public static Bar aboveBlind(double difference) {
      return new Bar(Rule.ABOVE_BLIND, difference);
    }

    Double target(Row row) {
      return switch (rule) {
        case AT_LEAST -> Double.valueOf(value);
        case TIMES_CHANCE -> row.chance() == null ? null : Double.valueOf(value * row.chance());
        case ABOVE_BLIND -> row.blind() == null ? null : Double.valueOf(value + row.blind());
      };
    }

    /** The bar in words, in ASCII. */
    public String describe() {
      return switch (rule) {
        case AT_LEAST -> String.format(Locale.ROOT, ">= %.1f%%", 100 * value);
        case TIMES_CHANCE -> ">= " + plain(value) + "x chance";
        case ABOVE_BLIND -> ">= blind + " + plain(100 * value);
      };
    }

    private static String plain(double number) {
      return number == Math.rint(number) ? String.valueOf((long) number) : String.format(Locale.ROOT, "%.1f", number);
    }
  }

  /** The table in aligned columns for a terminal, ASCII but for the texts in it. Columns that say nothing are left out. */
  public String toConsole() {
    return ConsoleTable.print(this);
  }

  /** Writes tables as JSON, to a neighbouring file first that then takes the name. */
  public static void write(Path file, List<EvaluationTable> tables) throws IOException {
    AtomicFiles.writeBytes(file, mapper().writeValueAsBytes(tables));
  }

  /**
   * Reads tables written by {@link #write}.
   *
   * @throws IOException when the file cannot be read, is larger than 64 MiB, or is not such JSON: the message names file and line
   */
  public static List<EvaluationTable> read(Path file) throws IOException {
    if (Files.size(file) > LARGEST_FILE) {
      throw new IOException(file + " has " + Files.size(file) + " bytes: evaluation tables are at most " + LARGEST_FILE);
    }
    try {
      return List.copyOf(mapper().readValue(file.toFile(), new TypeReference<List<EvaluationTable>>() { }));
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new IOException(file + ":" + line + ": not a list of evaluation tables: " + e.getOriginalMessage(), e);
    }
  }

  private static ObjectMapper mapper() {
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  }
}
