package io.llama3v.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kernel compiles for Ampere, Hopper and Blackwell, and none of them spills registers: with nvcc where it is on the PATH, else
 * with the run-time compiler where its library loads (the bindings want a driver for that). Where neither is there the test says so
 * loudly and is skipped.
 */
class KernelCompilationTest {
  private static final int MOST_UNITS = 8;
  private static final Pattern ENTRY = Pattern.compile("Compiling entry function '(\\w+)'");
  private static final Pattern SPILL = Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
  private static final Pattern KERNEL = Pattern.compile("KERNEL(?:_BOUNDS)?\\((\\w+)");

  @ParameterizedTest
  @ValueSource(strings = {"sm_80", "sm_90", "sm_100"})
  void everyKernelCompilesWithoutSpills(String architecture, @TempDir Path folder) throws Exception {
    if (works("nvcc", "--version")) withNvcc(architecture, folder);
    else withNvrtc(architecture);
  }

  /**
   * The modules as namespaces of a translation unit for each processor: a process and a parse of the headers for each module would take
   * minutes, and so would one unit for them all.
   */
  private static void withNvcc(String architecture, Path folder) throws Exception {
    for (var header : KernelSource.headers().entrySet()) Files.writeString(folder.resolve(header.getKey()), header.getValue());
    StringBuilder head = new StringBuilder("#define KERNEL(name) __global__ void name\n"
        + "#define KERNEL_BOUNDS(name, threads, blocks) __global__ void __launch_bounds__(threads, blocks) name\n");
    for (String header : KernelSource.HEADERS) head.append("#include \"").append(header).append("\"\n");
    List<StringBuilder> units = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_UNITS, Runtime.getRuntime().availableProcessors()); i++) units.add(new StringBuilder(head));
    int kernels = 0;
    int module = 0;
    for (KernelSource source : KernelVariants.all()) {
      StringBuilder unit = units.get(module % units.size());
      Path file = folder.resolve(source.file());
      if (!Files.exists(file)) Files.writeString(file, source.text());
      for (String macro : source.macros()) unit.append("#define ").append(macro.replaceFirst("=", " ")).append('\n');
      unit.append("namespace module").append(module++).append(" {\n#include \"").append(source.file()).append("\"\n}\n");
      // Also those that a source gives itself where it is not given them.
      Set<String> defined = new HashSet<>();
      for (Matcher m = Pattern.compile("(?m)^ *#define (\\w+)").matcher(source.text()); m.find();) defined.add(m.group(1));
      for (String macro : source.macros()) defined.add(macro.substring(0, macro.indexOf('=')));
      for (String macro : defined) unit.append("#undef ").append(macro).append('\n');
      for (Matcher m = KERNEL.matcher(source.text()); m.find();) kernels++;
    }
    List<Path> files = new ArrayList<>();
    for (StringBuilder unit : units) files.add(Files.writeString(folder.resolve("unit" + files.size() + ".cu"), unit));
    String output = files.parallelStream().map(file -> run(List.of("nice", "nvcc", "-std=c++17", "-arch=" + architecture, "-cubin", "-Xptxas",
        "-v", "-o", file + "bin", file.toString()))).collect(Collectors.joining("\n"));
    Set<String> entries = new HashSet<>();
    for (Matcher m = ENTRY.matcher(output); m.find();) entries.add(m.group(1));
    assertEquals(kernels, entries.size(), "kernels that the assembler saw");
    List<String> spills = new ArrayList<>();
    String entry = "";
    for (String line : output.lines().toList()) {
      Matcher m = ENTRY.matcher(line);
      if (m.find()) entry = m.group(1);
      Matcher s = SPILL.matcher(line);
      if (s.find() && !(s.group(2).equals("0") && s.group(3).equals("0"))) spills.add(entry + ": " + line.strip());
    }
    assertEquals(List.of(), spills);
  }

  private static void withNvrtc(String architecture) {
    NvrtcCompiler compiler = null;
    try {
      compiler = new NvrtcCompiler();
    } catch (LinkageError | RuntimeException e) {
      System.err.println("SKIPPED: the CUDA kernels were compiled for no GPU: there is neither nvcc on the PATH nor a libnvrtc.so.13 that"
          + " the bindings find (" + e + ")");
    }
    assumeTrue(compiler != null, "neither nvcc nor NVRTC");
    for (KernelSource source : KernelVariants.all()) assertTrue(compiler.compile(source, architecture).length > 0);
  }

  @Test
  void theVariantsAreOfEverySource() throws IOException {
    Set<String> compiled = new HashSet<>();
    for (KernelSource source : KernelVariants.all()) compiled.add(source.file());
    Path folder = Path.of("src/main/resources/io/llama3v/backend/cuda");
    try (Stream<Path> files = Files.list(folder)) {
      Set<String> present = new HashSet<>();
      files.map(f -> f.getFileName().toString()).filter(n -> n.endsWith(".cu")).forEach(present::add);
      assertEquals(present, compiled);
    }
  }

  private static boolean works(String... command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    } catch (IOException | InterruptedException absent) {
      return false;
    }
  }

  private static String run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), () -> String.join(" ", command) + "\n" + output);
      return output;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
