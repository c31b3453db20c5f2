package io.llama3v.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compiles the kernels with g++ for this machine's processor (see {@code host_cuda.h}) and runs launches of them. Libraries are kept in
 * the temporary folder under the hash of what they were made of.
 */
public final class HostCuda {
  private static final Pattern KERNEL = Pattern.compile("KERNEL(?:_BOUNDS)?\\((\\w+)");
  private static final String[] FLAGS = {"-std=c++17", "-O1", "-fPIC", "-shared", "-w", "-ffp-contract=off", "-U_FORTIFY_SOURCE",
      "-fno-stack-protector", "-DLLAMA3V_HOST"};
  private static HostCuda instance;

  private final Path folder;
  private final Path runtime;
  private final Map<String, Long> launchers = new HashMap<>();

  static native int run(long function, int[] shape, long[] places);

  static native long symbol(String library, String name);

  private HostCuda() throws Exception {
    StringBuilder all = new StringBuilder(String.join(" ", FLAGS));
    for (String name : List.of("host_cuda.h", "host_cuda.cpp")) all.append(resource(name));
    for (String text : KernelSource.headers().values()) all.append(text);
    folder = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "llama3v-host-cuda-" + System.getProperty("user.name"),
        hash(all.toString())));
    for (String name : List.of("host_cuda.h", "host_cuda.cpp")) write(folder.resolve(name), resource(name));
    for (Map.Entry<String, String> header : KernelSource.headers().entrySet()) write(folder.resolve(header.getKey()), header.getValue());
    runtime = folder.resolve("libhost_cuda.so");
    Path include = Path.of(System.getProperty("java.home"), "include");
    build(runtime, List.of("host_cuda.cpp", "-I" + include, "-I" + include.resolve("linux"), "-ldl"));
    System.load(runtime.toString());
  }

  /** Why it cannot work here; empty if it can. */
  public static Optional<String> missing() {
    if (!System.getProperty("os.name").startsWith("Linux")) return Optional.of("the host harness of the kernels runs on Linux");
    if (!Files.exists(Path.of(System.getProperty("java.home"), "include", "jni.h"))) return Optional.of("this Java has no jni.h: use a JDK");
    try {
      Process process = new ProcessBuilder("g++", "--version").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0 ? Optional.empty() : Optional.of("g++ does not work");
    } catch (IOException | InterruptedException e) {
      return Optional.of("no g++ on the PATH");
    }
  }

  static synchronized HostCuda get() {
    try {
      if (instance == null) instance = new HostCuda();
      return instance;
    } catch (Exception e) {
      throw new IllegalStateException("the host harness of the kernels does not build", e);
    }
  }

  void launch(KernelSource source, String kernel, Grid grid, Arguments arguments) {
    long function = launchers.computeIfAbsent(source + " " + kernel, key -> launcher(source, kernel));
    long base = arguments.address();
    long[] places = new long[arguments.count()];
    for (int i = 0; i < places.length; i++) places[i] = base + arguments.offset(i);
    int result = run(function, new int[] {grid.x(), grid.y(), grid.z(), grid.threadsX(), grid.threadsY(), 1, grid.sharedBytes()}, places);
    if (result != 0) {
      throw new IllegalStateException(source + " " + kernel + " " + grid + ": " + switch (result) {
        case 1 -> "threads wait for each other for ever";
        case 2 -> "wrote past its shared memory";
        default -> "no device takes such a launch";
      });
    }
  }

  private long launcher(KernelSource source, String kernel) {
    try {
      Path library = library(source);
      long function = symbol(library.toString(), "launch_" + kernel);
      if (function == 0) throw new IllegalStateException("no kernel '" + kernel + "' in " + source);
      return function;
    } catch (Exception e) {
      throw new IllegalStateException(source + " does not compile for the host", e);
    }
  }

  private Path library(KernelSource source) throws Exception {
    Set<String> kernels = new LinkedHashSet<>();
    for (Matcher m = KERNEL.matcher(source.text()); m.find();) kernels.add(m.group(1));
    StringBuilder text = new StringBuilder(source.text()).append('\n');
    for (String kernel : kernels) {
      text.append("extern \"C\" void launch_").append(kernel).append("(void** p) { host_cuda::call(").append(kernel).append(", p); }\n");
    }
    String name = source.file().replace('.', '_') + "-" + hash(text.toString() + source.macros());
    Path library = folder.resolve("lib" + name + ".so");
    if (Files.exists(library)) return library;
    write(folder.resolve(name + ".cpp"), text.toString());
    List<String> arguments = new ArrayList<>(List.of(name + ".cpp"));
    for (String macro : source.macros()) arguments.add("-D" + macro);
    arguments.addAll(List.of("-L.", "-lhost_cuda", "-Wl,-rpath," + folder));
    build(library, arguments);
    return library;
  }

  private void build(Path target, List<String> arguments) throws Exception {
    if (Files.exists(target)) return;
    Path unfinished = Files.createTempFile(folder, "build", ".so");
    List<String> command = new ArrayList<>(List.of("g++"));
    command.addAll(List.of(FLAGS));
    command.addAll(arguments);
    command.addAll(List.of("-o", unfinished.toString()));
    Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) throw new IllegalStateException(command + ":\n" + output);
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) Files.writeString(file, text);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = HostCuda.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String hash(String text) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest, 0, 8);
  }
}
