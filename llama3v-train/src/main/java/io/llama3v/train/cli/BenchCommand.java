package io.llama3v.train.cli;

import io.llama3v.backend.Backend;
import io.llama3v.io.Json;
import io.llama3v.train.bench.BenchResult;
import io.llama3v.train.bench.Benchmark;
import io.llama3v.train.bench.Workload;
import io.llama3v.train.bench.WorkloadFile;
import java.io.IOException;
import java.io.PrintWriter;
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
import picocli.CommandLine.Spec;

/** {@code llama3v bench}: how long fixed steps take here, and how far that is from what the machine allows. */
@Command(name = "bench", description = {"Times fixed workloads: the median of the steps after 3 to warm up, and the floor that the machine sets.",
    "The floor is the operations of a step's matrix products over the measured rate of a large product; for generation also the bytes "
        + "of the weights over the measured rate of copying. Several workloads run in a Java process each, so that their peaks of "
        + "memory do not mix."})
final class BenchCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Option(names = "--workload", arity = "1..*", split = ",", paramLabel = "NAME", description = "Which: clip, lm, adapter, generate; all if left out.")
  private List<String> names = List.of();

  @Option(names = "--steps", paramLabel = "N", defaultValue = "10", description = "Steps to time; ${DEFAULT-VALUE} if left out.")
  private int steps;

  @Option(names = "--file", paramLabel = "JSON", description = "Other workloads, in the form of examples/bench/workloads.json.")
  private Path file;

  @Option(names = "--json", description = "Print one line of JSON a workload.")
  private boolean json;

  @Mixin
  private BackendOptions backend;

  @Override
  public Integer call() throws IOException {
    Map<String, Workload> workloads = WorkloadFile.read(file);
    List<String> chosen = names.isEmpty() ? new ArrayList<>(workloads.keySet()) : names;
    for (String name : chosen) {
      if (!workloads.containsKey(name)) {
        throw new ParameterException(spec.commandLine(), "no workload is called '" + name + "'; there are " + workloads.keySet());
      }
    }
    if (steps < 1) throw new ParameterException(spec.commandLine(), "--steps is " + steps + "; expected at least 1");
    if (chosen.size() > 1) return eachInItsOwnProcess(chosen);
    try (Backend open = backend.open()) {
      print(new Benchmark(open, steps).run(workloads.get(chosen.get(0)), backend.threads(), Version.number()));
    }
    return 0;
  }

  private int eachInItsOwnProcess(List<String> chosen) throws IOException {
    int worst = 0;
    for (String name : chosen) {
      List<String> arguments = new ArrayList<>(List.of("bench", "--workload", name, "--steps", String.valueOf(steps),
          "--threads", String.valueOf(backend.threads())));
      if (file != null) arguments.addAll(List.of("--file", file.toString()));
      if (backend.name() != null) arguments.addAll(List.of("--backend", backend.name()));
      if (backend.precision() != null) arguments.addAll(List.of("--precision", backend.precision()));
      if (json) arguments.add("--json");
      if (backend.profile()) arguments.add("--profile");
      spec.commandLine().getOut().flush();
      worst = Math.max(worst, JavaProcess.run(Llama3vCommand.class, arguments, spec.commandLine().getOut()));
    }
    return worst;
  }

  private void print(BenchResult r) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.write(r));
      return;
    }
    String unit = r.workload().equals("generate") ? "a new token" : "a step";
    out.println(r.workload() + ": " + r.backend());
    out.printf(Locale.ROOT, "  %.1f ms %s, median of %d; fastest %.1f ms%n", r.milliseconds(), unit, r.steps(), r.fastest());
    out.printf(Locale.ROOT, "  floor %.1f ms: %.2f GFLOP; ceilings %.1f GFLOP/s (SGEMM), %.1f GB/s (copy); floor / median = %.2f%n",
        r.floor(), r.gigaOperations(), r.sgemm(), r.copy(), r.floorShare());
    out.printf(Locale.ROOT, "  peak memory %,d MiB resident; %,d weights, %,d of them trained%n", r.peakMegabytes(), r.parameters(), r.trained());
    if (r.profile() != null) {
      out.printf("  profile of the %d timed steps:%n", r.steps());
      r.profile().table().lines().forEach(line -> out.println("    " + line));
    }
    out.flush();
  }
}
