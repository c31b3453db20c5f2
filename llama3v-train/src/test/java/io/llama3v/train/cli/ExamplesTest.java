package io.llama3v.train.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.llama3v.backend.Backend;
import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.decontaminate.BenchmarkPictures;
import io.llama3v.data.curate.decontaminate.Decontaminator;
import io.llama3v.data.curate.dedup.PerceptualHash;
import io.llama3v.data.document.build.DocumentsConfig;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.image.ImageEdits;
import io.llama3v.image.RgbImage;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.Llama3V;
import io.llama3v.train.copy.TilePictures;
import io.llama3v.train.optim.Schedule;
import io.llama3v.train.report.MetricsLog;
import io.llama3v.train.report.MetricsRecord;
import io.llama3v.train.stage.Stage;
import io.llama3v.train.stage.StageRunner;
import io.llama3v.train.stage.TinyShards;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What README and examples show compiles, runs, and is what they say. */
@SuppressWarnings("try") // a scope is opened for what it does when it closes
class ExamplesTest {
  private static final Path ROOT = Run.checkout();
  private static final Path SOURCES = ROOT.resolve("examples/java/src/main/java");

  @TempDir
  Path folder;

  @Test
  void javaExamplesCompileAndRun() throws Exception {
    compile();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
        Backend backend = Backend.best()) {
      Method train = loader.loadClass("example.GateExample").getDeclaredMethod("train", Backend.class, int.class);
      train.setAccessible(true);
      assertEquals(0.6, (double) train.invoke(null, backend, 60), 1e-3);

      Method square = loader.loadClass("example.Square").getMethod("apply", Tensor.class);
      try (Scope scope = backend.scope()) {
        Tensor x = backend.tensor(new float[] {1, -2, 3}, 3).requireGrad(true);
        try (Tape tape = Tape.record(backend)) {
          tape.backward(((Tensor) square.invoke(null, x)).sum());
        }
        assertArrayEquals(new float[] {2, -4, 6}, x.grad().toFloats());
        x.clearGrad();
      }

      TinyModels.write(backend, folder.resolve("llama"), folder.resolve("clip"));
      TinyShards.write(folder.resolve("shards"));
      Path shards = folder.resolve("shards/train-{000000..000001}.tar");
      SampleSource heldOut = SampleSource.of(List.of(TinyShards.sample(12), TinyShards.sample(13)));
      Method pretrain = loader.loadClass("example.AdapterPretraining").getDeclaredMethod("train", Backend.class, Path.class, Path.class,
          Path.class, SampleSource.class, int.class, Schedule.class, Path.class, Path.class);
      pretrain.setAccessible(true);
      pretrain.invoke(null, backend, folder.resolve("llama"), folder.resolve("clip"), shards, heldOut, 16,
          Schedule.warmupCosine(1e-3, 1, 2), folder.resolve("adapter"), folder.resolve("out"));
      assertTrue(Files.exists(folder.resolve("out/model.safetensors")));
      try (Llama3V trained = Llama3V.open(backend, folder.resolve("out"), null)) {
        assertEquals(folder.resolve("out"), trained.folder(), "it has its tokenizer beside it");
      }
      assertTrue(Files.exists(folder.resolve("adapter/report.html")));

      Path config = Files.writeString(folder.resolve("probe.yaml"),
          "run: " + folder.resolve("run") + "\nseed: 1\nbackend: cpu\nstages: []\nclip: {load: " + folder.resolve("clip") + "}\n");
      Stage probe = (Stage) loader.loadClass("example.ProbeStage").getConstructor(Path.class, String.class, int.class)
          .newInstance(shards, "red", 80);
      StageRunner.of(config).add("probe", probe).run();
      List<MetricsRecord> lines = MetricsLog.read(folder.resolve("run/metrics.jsonl"));
      double first = lines.get(0).values().get("loss");
      double last = lines.get(lines.size() - 1).values().get("loss");
      assertTrue(last < 0.5 * first, "the probe learns: " + first + " to " + last);
      assertTrue(Files.exists(folder.resolve("run/probe/model.safetensors")));
      assertTrue(Files.exists(folder.resolve("run/probe/done.json")));
      StageRunner.of(config).add("probe", context -> fail("done stages stay done")).run();
      decontaminate(loader);
    }
  }

  /** Of three conversations, one shares a picture with the benchmark and one a question; both are found. */
  private void decontaminate(URLClassLoader loader) throws Exception {
    String question = "which of the two towers in the picture is the taller one";
    Sample asked = conversation("asked", TilePictures.picture(1), "What is this?", "First, " + question + "?");
    Sample seen = conversation("seen", ImageEdits.jpeg(TilePictures.picture(2), 0.6), "What is this?");
    Sample clean = conversation("clean", TilePictures.picture(3), "How many towers are there?");
    SampleSource benchmark = SampleSource.of(List.of(conversation("q", TilePictures.picture(2), question)));
    Method count = loader.loadClass("example.Decontaminate").getDeclaredMethod("count", Decontaminator.class, SampleSource.class);
    count.setAccessible(true);
    try (Decontaminator check = new Decontaminator(List.of(question), 8, 0, new BenchmarkPictures(benchmark, PerceptualHash.COSINE),
        PerceptualHash.COSINE, 0.9)) {
      assertEquals(2, count.invoke(null, check, SampleSource.of(List.of(asked, seen, clean))));
      assertEquals(0, count.invoke(null, check, SampleSource.of(List.of(clean))));
    }
  }

  private static Sample conversation(String key, RgbImage picture, String... questions) {
    String turns = Stream.of(questions).map(q -> "{\"question\": \"" + q + "\", \"answer\": \"a tower\"}").collect(Collectors.joining(","));
    return new Sample(key, Map.of("jpg", ImageEdits.jpegBytes(picture, 0.9), "json", ("{\"conversations\": [" + turns + "]}").getBytes()));
  }

  @Test
  void configurationsOfCurationLoad() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("examples/curation"))) {
      List<Path> configs = files.filter(file -> file.toString().endsWith(".yaml")).toList();
      assertEquals(3, configs.size());
      for (Path file : configs) ConfigLoader.load(file, CurationConfig.class);
    }
  }

  @Test
  void configurationOfDocumentsLoads() {
    DocumentsConfig config = ConfigLoader.load(ROOT.resolve("examples/documents/documents.yaml"), DocumentsConfig.class);
    for (String source : config.sources()) assertTrue(Files.isDirectory(ROOT.resolve(source)), source);
  }

  private void compile() throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    StringWriter messages = new StringWriter();
    try (var files = javac.getStandardFileManager(null, null, null); Stream<Path> sources = Files.walk(SOURCES)) {
      List<File> java = sources.filter(file -> file.toString().endsWith(".java")).map(Path::toFile).toList();
      boolean fine = javac.getTask(messages, files, null,
          List.of("-proc:none", "-Xlint:all,-options,-classfile", "-Werror", "-d", folder.toString(), "-cp", path), null,
          files.getJavaFileObjectsFromFiles(java)).call();
      assertTrue(fine, messages.toString());
    }
  }

  @Test
  void linesOfTheReadmeRunInJShell() throws Exception {
    Path run;
    try (Backend backend = Backend.best()) {
      run = TinyModels.run(backend, folder.resolve("tiny"));
    }
    TinyModels.picture(run.resolve("sample.png"), 40, 16);
    Files.writeString(run.resolve("metrics.jsonl"), "{\"stage\": \"adapter\", \"step\": 1, \"seconds\": 1.0, \"loss\": 4.0}\n");
    List<String> lines = Pattern.compile("(?m)^jshell> (.*?)(?: +// .*)?$").matcher(Files.readString(ROOT.resolve("README.md"))).results()
        .map(m -> m.group(1).replace("runs/tiny", run.toString().replace('\\', '/'))).toList();
    assertTrue(lines.size() >= 4, lines.toString());
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      shell.addToClasspath(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
      evaluate(shell, Files.readString(ROOT.resolve("examples/jshell/quickstart.jsh")));
      for (String line : lines) evaluate(shell, line);
      evaluate(shell, "m.close()");
      evaluate(shell, "backend.close()");
    }
    assertTrue(Files.exists(run.resolve("report.html")));
  }

  /** A line at a time, as a person enters them, who leaves semicolons out. */
  private static void evaluate(JShell shell, String script) {
    for (String line : script.lines().filter(l -> !l.isBlank() && !l.startsWith("//")).toList()) {
      SourceCodeAnalysis.CompletionInfo statement = shell.sourceCodeAnalysis().analyzeCompletion(line);
      assertTrue(statement.completeness().isComplete(), line);
      for (SnippetEvent event : shell.eval(statement.source())) {
        String errors = shell.diagnostics(event.snippet()).map(d -> d.getMessage(null)).toList().toString();
        assertEquals(Snippet.Status.VALID, event.status(), line + errors);
        if (event.exception() != null) fail(line, event.exception());
      }
    }
  }

  @Test
  void javaOfTheReadmeStandsInTheExamples() throws IOException {
    String engine = Files.readString(ROOT.resolve("docs/guide/engine.md"));
    // Of the guide, what is written out in full.
    String readme = Files.readString(ROOT.resolve("README.md")) + engine.substring(engine.indexOf("## An operation"));
    StringBuilder examples = new StringBuilder();
    try (Stream<Path> sources = Files.walk(SOURCES)) {
      for (Path file : sources.filter(Files::isRegularFile).toList()) examples.append(squeezed(Files.readString(file))).append('\n');
    }
    List<String> blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme).results().map(m -> m.group(1)).toList();
    assertTrue(!blocks.isEmpty());
    for (String block : blocks) {
      for (String part : block.split("\n\\s*\n")) assertTrue(examples.toString().contains(squeezed(part)), part);
    }
  }

  @Test
  void commandsOfTheReadmeAndTheGuideExist() throws IOException {
    var verbs = new CommandLine(new Llama3vCommand()).getSubcommands().keySet();
    try (Stream<Path> docs = Stream.concat(Stream.of(ROOT.resolve("README.md")), Files.walk(ROOT.resolve("docs/guide")))) {
      for (Path file : docs.filter(f -> f.toString().endsWith(".md")).toList()) {
        Pattern.compile("(?m)^(?:examples/bin/)?llama3v ([a-z]+)").matcher(Files.readString(file)).results()
            .forEach(m -> assertTrue(verbs.contains(m.group(1)), file + ": llama3v " + m.group(1)));
      }
    }
  }

  private static String squeezed(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
