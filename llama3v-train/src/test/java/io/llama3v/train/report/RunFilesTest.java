package io.llama3v.train.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.train.eval.EvaluationTable;
import io.llama3v.train.report.ReportData.Curve;
import io.llama3v.train.report.ReportData.Sample;
import io.llama3v.train.report.ReportData.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFilesTest {
  @TempDir
  private Path run;

  @Test
  void collectsWhatIsThere() throws IOException {
    try (MetricsLog log = MetricsLog.open(run.resolve(RunFiles.METRICS))) {
      log.log("clip", 1, 2.0, Map.of("loss", 3.0));
      log.log("clip", 2, 4.5, Map.of("loss", 2.0, "eval/R@1", 0.1));
      log.log("adapter", 7, 1.0, Map.of("gate/3/attention", 0.01));
    }
    ReportData demo = DemoReport.data();
    Files.createDirectories(run.resolve("samples"));
    Files.write(run.resolve("samples/a.jpg"), new byte[] {1, 2, 3});
    RunFiles.writeJson(run.resolve(RunFiles.SAMPLES), List.of(sample("samples/a.jpg"), sample("samples/absent.png"), demo.samples().get(0)));
    EvaluationTable.write(run.resolve(RunFiles.EVALUATION), demo.evaluations());
    RunFiles.writeJson(run.resolve(RunFiles.SOUP), demo.soup());
    RunFiles.writeJson(run.resolve(RunFiles.PROVENANCE), Map.of("machine", Map.of("cores", 2, "flags", List.of("avx2", "fma"))));
    Files.writeString(run.resolve(RunFiles.CONFIG), "seed: 1\n");

    ReportData data = ReportData.fromRun(run);
    assertEquals(run.getFileName().toString(), data.name());
    assertEquals(List.of(new Stage("clip", Stage.Status.DONE, 2, 0, 4.5, null), new Stage("adapter", Stage.Status.DONE, 7, 0, 1.0, null)),
        data.stages());
    Curve loss = data.curves().get(0).curves().get(0);
    assertEquals("loss", loss.name());
    assertArrayEquals(new long[] {1, 2}, loss.steps());
    assertArrayEquals(new double[] {3, 2}, loss.values());
    assertEquals("data:image/jpeg;base64,AQID", data.samples().get(0).image());
    assertNull(data.samples().get(1).image());
    assertEquals(demo.samples().get(0).image(), data.samples().get(2).image());
    assertEquals(demo.evaluations(), data.evaluations());
    assertEquals(demo.soup(), data.soup());
    assertEquals(Map.of("machine.cores", "2", "machine.flags", "[\"avx2\",\"fma\"]"), data.provenance());
    assertEquals("seed: 1\n", data.config());

    assertTrue(Files.readString(HtmlReport.write(run)).contains("machine.cores"));
  }

  @Test
  void aRunThatHasOnlyBegunGivesAnEmptyReport() throws IOException {
    assertTrue(assertThrows(IOException.class, () -> ReportData.fromRun(run)).getMessage().contains("is not the folder of a run"));
    Files.writeString(run.resolve(RunFiles.CONFIG), "seed: 1\n");
    ReportData data = ReportData.fromRun(run);
    assertTrue(data.stages().isEmpty() && data.samples().isEmpty() && data.evaluations().isEmpty() && data.provenance().isEmpty());
  }

  @Test
  void stagesAsWrittenGoBeforeThoseGuessedFromTheMetrics() throws IOException {
    RunFiles.writeJson(run.resolve(RunFiles.STAGES), List.of(new Stage("sft", Stage.Status.FAILED, 3, 9, 1, "out of memory")));
    assertEquals(List.of(new Stage("sft", Stage.Status.FAILED, 3, 9, 1, "out of memory")), ReportData.fromRun(run).stages());
  }

  @Test
  void tablesOfStagesStandBehindThoseOfTheRun() throws IOException {
    RunFiles.writeJson(run.resolve(RunFiles.STAGES), List.of(new Stage("reward", null, 3, 3, 1, ""), new Stage("dpo", null, 3, 3, 1, "")));
    for (String folder : List.of(".", "aside", "dpo", "reward")) {
      Files.createDirectories(run.resolve(folder));
      EvaluationTable.write(run.resolve(folder).resolve(RunFiles.EVALUATION), List.of(new EvaluationTable(folder, List.of())));
    }
    assertEquals(List.of(".", "reward", "dpo", "aside"), ReportData.fromRun(run).evaluations().stream().map(EvaluationTable::title).toList());
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    Files.writeString(run.resolve(RunFiles.CONFIG), "seed: 1\n");
    Files.writeString(run.resolve(RunFiles.SOUP), "[\n  {\"name\": ]");
    assertTrue(assertThrows(IOException.class, () -> ReportData.fromRun(run)).getMessage().contains("soup.json:2:"));
    assertThrows(IOException.class, () -> ReportData.fromRun(run.resolve("absent")));
  }

  @Test
  void aPictureOutsideTheRunIsRefused() throws IOException {
    RunFiles.writeJson(run.resolve(RunFiles.SAMPLES), List.of(sample("../../etc/passwd")));
    IOException error = assertThrows(IOException.class, () -> ReportData.fromRun(run));
    assertTrue(error.getMessage().contains("outside the run directory"), error.getMessage());
    RunFiles.writeJson(run.resolve(RunFiles.SAMPLES), List.of(sample("/etc/hostname")));
    assertThrows(IOException.class, () -> ReportData.fromRun(run));
  }

  private static Sample sample(String image) {
    return new Sample("k", null, image, null, null, null, null, null, null, null, null);
  }
}
