package io.llama3v.train.stage;

import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.train.report.ReportData.SoupRow;
import io.llama3v.train.report.RunFiles;
import io.llama3v.train.soup.SoupSearch;
import io.llama3v.train.soup.SoupSearch.Candidate;
import io.llama3v.train.sweep.TrialResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came of a sweep and its soups: a row for each run and each average, and in one sentence which of them won. */
record SoupTable(String metric, boolean fraction, int samples, List<SoupRow> rows, String verdict) {
  private static final String FILE = "sft/sweep.json";

  /** @param checks scores on samples that had no part in the choice */
  static SoupTable of(SftValidation validation, List<TrialResult> ranked, SoupSearch.Result found, Map<Candidate, Double> checks) {
    String chosenBy = validation.metric();
    String checkedBy = validation.metric() + ", other samples";
    List<SoupRow> rows = new ArrayList<>();
    for (TrialResult result : ranked) {
      Map<String, String> settings = new LinkedHashMap<>(result.trial().settings());
      if (!result.scored()) settings.put("failed", result.failure());
      Map<String, Double> scores = new LinkedHashMap<>();
      if (result.scored()) scores.put(chosenBy, result.score());
      if (result.trial().name().equals(found.bestSingle().ingredients().get(0)) && checks.containsKey(found.bestSingle())) {
        scores.put(checkedBy, checks.get(found.bestSingle()));
      }
      boolean in = found.chosen().ingredients().contains(result.trial().name());
      rows.add(new SoupRow(result.trial().name(), false, in ? 1.0 / found.chosen().ingredients().size() : null, settings, scores));
    }
    for (Candidate candidate : found.candidates()) {
      if (!candidate.isSoup()) continue;
      Map<String, Double> scores = new LinkedHashMap<>(Map.of(chosenBy, candidate.score()));
      if (checks.containsKey(candidate)) scores.put(checkedBy, checks.get(candidate));
      rows.add(new SoupRow(candidate.title() + (candidate.equals(found.chosen()) ? ", chosen" : ""), true, null,
          Map.of("data", String.join(" + ", candidate.ingredients())), scores));
    }
    return new SoupTable(validation.metric(), validation.isFraction(), validation.samples(), rows,
        verdict(found, checks, validation.isFraction(), validation.samples()));
  }

  static String verdict(SoupSearch.Result found, Map<Candidate, Double> checks, boolean fraction, int samples) {
    Candidate single = found.bestSingle();
    Candidate soup = found.bestSoup();
    if (soup == null) return "One run, and so no soup: " + single.title() + " is the result.";
    StringBuilder text = new StringBuilder();
    String title = "the best soup (" + soup.title() + ")";
    text.append(found.chosen().isSoup() ? capital(title) + " is the result: " : capital("no soup beats the best single run, " + single.title()
        + ", which is the result: ")).append("on the ").append(samples).append(" samples that chose, ").append(title).append(" has ")
        .append(number(soup.score(), fraction)).append(" and the best single run (").append(single.title()).append(") ")
        .append(number(single.score(), fraction));
    if (checks.containsKey(single) && checks.containsKey(soup)) {
      double difference = checks.get(soup) - checks.get(single);
      text.append("; on ").append(samples).append(" others, ").append(number(checks.get(soup), fraction)).append(" and ")
          .append(number(checks.get(single), fraction)).append(difference < 0 ? ": there the soup LOSES to the single run"
              : difference > 0 ? ": there the soup wins" : ": there they are equal");
    }
    return text.append('.').toString();
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  static String number(double score, boolean fraction) {
    return fraction ? String.format(Locale.ROOT, "%.1f %%", 100 * score) : String.format(Locale.ROOT, "%.4f", score);
  }

  /** The table as text, best run first. */
  String toConsole() {
    int width = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
    StringBuilder text = new StringBuilder("Fine-tuning, scored by ").append(metric).append(" on ").append(samples).append(" samples\n");
    for (SoupRow row : rows) {
      text.append("  ").append(row.name()).append(" ".repeat(width - row.name().length()));
      if (row.scores().isEmpty()) text.append("    failed");
      row.scores().values().forEach(score -> text.append(String.format(Locale.ROOT, "%10s", number(score, fraction))));
      if (!row.result()) text.append("   ").append(String.join(", ", row.settings().values()));
      text.append('\n');
    }
    return text.append(verdict).append('\n').toString();
  }

  /** Prints the table and leaves it for the report and for programs. */
  void write(Path run) throws IOException {
    System.out.println(toConsole());
    RunFiles.writeJson(run.resolve(RunFiles.SOUP), rows);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("metric", metric);
    all.put("samples", samples);
    all.put("rows", rows);
    all.put("verdict", verdict);
    AtomicFiles.writeString(run.resolve(FILE), Json.writePretty(all));
  }
}
