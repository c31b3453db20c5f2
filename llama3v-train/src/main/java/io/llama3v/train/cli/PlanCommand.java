package io.llama3v.train.cli;

import io.llama3v.backend.cuda.Precision;
import io.llama3v.io.Json;
import io.llama3v.tensor.DType;
import io.llama3v.train.estimate.Estimator;
import io.llama3v.train.estimate.MemoryEstimate;
import io.llama3v.train.estimate.Measurement;
import io.llama3v.train.estimate.ModelParts;
import io.llama3v.train.estimate.StageEstimate;
import io.llama3v.train.report.Format;
import io.llama3v.train.stage.PlannedStage;
import io.llama3v.train.stage.PlannedStages;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v plan CONFIG}: what the stages of a configuration would cost. */
@Command(name = "plan", description = {"Says what a configuration would cost, for models of any size: parameters, memory, operations, time.",
    "A step of each training stage is run on a backend that counts and computes nothing, with the longest texts that the configuration "
        + "allows. Memory is that of tensors on one device; the Java process takes some hundred MiB more."})
final class PlanCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "CONFIG", description = "A YAML file, such as configs/tiny.yaml.")
  private Path file;

  @Parameters(index = "1..*", paramLabel = "a.b=c", description = "Values that replace those of the file.")
  private List<String> overrides = List.of();

  @Option(names = "--tflops", paramLabel = "X", description = "Operations a second that training reaches, in 10^12, over all devices together: says how long it takes.")
  private Double tflops;

  @Option(names = "--json", description = "Print one line of JSON a stage.")
  private boolean json;

  @Option(names = "--measure", description = "Run two steps of each stage here as well, each in a Java process of its own, and compare the memory.")
  private boolean measure;

  /** What {@code --measure} starts. */
  @Option(names = "--measure-stage", hidden = true)
  private String measuredStage;

  @Mixin
  private BackendOptions backend;

  @Override
  public Integer call() throws IOException {
    if (tflops != null && !(tflops > 0)) throw new ParameterException(spec.commandLine(), "--tflops is " + tflops + "; expected a positive number");
    PlannedStages planned = PlannedStages.of(Configs.load(file, overrides, null));
    PrintWriter out = spec.commandLine().getOut();
    if (measuredStage != null) {
      Measurement.warmUp(backend::open);
      out.println(Json.write(Measurement.of(stage(planned, measuredStage), backend::open)));
      return 0;
    }
    List<StageEstimate> estimates = new ArrayList<>();
    for (PlannedStage<?> stage : planned.stages()) estimates.add(Estimator.of(stage, computeType()));
    if (json) estimates.forEach(estimate -> out.println(Json.write(estimate)));
    else print(out, estimates, planned.notes());
    if (measure) compare(out, estimates);
    return 0;
  }

  /** BF16 where that precision was asked for, as on the cuda backend. */
  private DType computeType() {
    return Precision.BF16.toString().equals(backend.precision()) ? DType.BF16 : DType.F32;
  }

  private static PlannedStage<?> stage(PlannedStages planned, String name) {
    return planned.stages().stream().filter(stage -> stage.name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no planned stage is called '" + name + "'"));
  }

  private void print(PrintWriter out, List<StageEstimate> estimates, List<String> notes) {
    estimates.forEach(estimate -> print(out, estimate));
    double all = estimates.stream().mapToDouble(StageEstimate::allOperations).sum();
    if (estimates.size() > 1) out.println("in all: " + operations(all) + time(all));
    out.println("note: memory is that of tensors on one device that computes in " + (computeType() == DType.BF16
        ? "BF16; matrices that are not trained are in BF16, as a checkpoint in BF16 leaves them"
        : "F32; --precision bf16 plans for a GPU that computes in BF16"));
    notes.forEach(note -> out.println("note: " + note));
    if (tflops == null) out.println("note: --tflops X says how long that takes at X TFLOP/s");
  }

  private void print(PrintWriter out, StageEstimate e) {
    out.printf(Locale.ROOT, "%s: %s%,d steps of %,d samples%s%n", e.stage(), e.repeats() > 1 ? e.repeats() + " runs of " : "", e.steps(), e.samples(),
        e.microBatches() > 1 ? String.format(Locale.ROOT, " in %,d micro-batches", e.microBatches()) : "");
    Columns parts = new Columns("  part", ">weights", ">trained", ">frozen");
    e.parts().forEach(p -> parts.row("  " + p.name(), count(p.weights()), count(p.trained()), count(p.frozen())));
    parts.row("  all", count(e.parts().stream().mapToLong(ModelParts.Part::weights).sum()),
        count(e.parts().stream().mapToLong(ModelParts.Part::trained).sum()), count(e.parts().stream().mapToLong(ModelParts.Part::frozen).sum()));
    parts.print(out);
    memory(out, e);
    String extra = e.operations() > e.operationsKeepingAll()
        ? String.format(Locale.ROOT, " (%.0f%% of them for recomputation)", 100 * (1 - e.operationsKeepingAll() / e.operations())) : "";
    out.println("  " + operations(e.operations()) + " a step" + extra + ", " + operations(e.allOperations()) + " in all" + time(e.allOperations()));
    out.println();
  }

  private static void memory(PrintWriter out, StageEstimate e) {
    List<String> heads = new ArrayList<>(List.of("  memory", ">weights", ">gradients", ">moments"));
    if (e.memory().copies() > 0) heads.add(">BF16 copies");
    if (e.memory().average() > 0) heads.add(">average");
    heads.addAll(List.of(">activations", ">peak"));
    Columns table = new Columns(heads.toArray(String[]::new));
    row(table, "  as configured", e.memory());
    if (!e.keepingAll().equals(e.memory())) row(table, "  without recomputation", e.keepingAll());
    if (!e.recomputingAll().equals(e.memory())) row(table, "  with recomputation of all blocks", e.recomputingAll());
    table.print(out);
  }

  private static void row(Columns table, String name, MemoryEstimate m) {
    List<String> cells = new ArrayList<>(List.of(name, Format.bytes(m.weights()), Format.bytes(m.gradients()), Format.bytes(m.moments())));
    if (m.copies() > 0) cells.add(Format.bytes(m.copies()));
    if (m.average() > 0) cells.add(Format.bytes(m.average()));
    cells.addAll(List.of(Format.bytes(m.activations()), Format.bytes(m.peak())));
    table.row(cells.toArray());
  }

  private void compare(PrintWriter out, List<StageEstimate> estimates) throws IOException {
    Columns table = new Columns("stage", ">planned", ">in tensors", ">off by", ">process before", ">planned peak", ">peak", ">off by");
    for (StageEstimate e : estimates) {
      List<String> arguments = new ArrayList<>(List.of("plan", file.toString()));
      arguments.addAll(overrides);
      arguments.addAll(List.of("--measure-stage", e.stage(), "--threads", String.valueOf(backend.threads())));
      if (backend.precision() != null) arguments.addAll(List.of("--precision", backend.precision()));
      if (backend.name() != null) arguments.addAll(List.of("--backend", backend.name()));
      StringWriter line = new StringWriter();
      int code = JavaProcess.run(Llama3vCommand.class, arguments, new PrintWriter(line));
      if (code != 0) throw new IOException("measuring stage '" + e.stage() + "' failed with exit code " + code);
      Measurement m = Json.mapper().readValue(line.toString(), Measurement.class);
      long resident = m.processBefore() + e.memory().peak();
      table.row(e.stage(), Format.bytes(e.memory().peak()), Format.bytes(m.tensors()), off(e.memory().peak(), m.tensors()), Format.bytes(m.processBefore()),
          Format.bytes(resident), Format.bytes(m.peak()), off(resident, m.peak()));
      if (json) out.println(Json.write(Map.of("stage", e.stage(), "planned", e.memory().peak(), "measured", m)));
    }
    if (!json) table.print(out);
  }

  private static String off(long planned, long measured) {
    return String.format(Locale.ROOT, "%+.1f%%", 100.0 * (planned - measured) / measured);
  }

  private String time(double operations) {
    return tflops == null ? "" : ", " + Format.duration(operations / (tflops * 1e12)) + " at " + operations(tflops * 1e12) + "/s";
  }

  private static String count(long weights) {
    return String.format(Locale.ROOT, "%,d", weights);
  }

  private static String operations(double n) {
    return Format.si(n).replaceFirst("([a-zA-Z]?)$", " $1FLOP");
  }
}
