package io.llama3v.train.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.config.ConfigException;
import io.llama3v.config.ConfigLoader;
import io.llama3v.train.stage.PipelineConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.ParameterException;

/** What README and docs say can be followed: links lead somewhere, command lines and settings are understood, Java compiles. */
class DocsTest {
  private static final Path ROOT = Run.checkout();
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  /** Pages whose Java stands on its own among the names below. */
  private static final Set<String> WITH_JAVA = Set.of("README.md", "engine.md", "java.md", "post-training.md", "benchmarks.md");

  /** What stands around the snippets of the guides: names that their prose has introduced. */
  private static final String AROUND = """
      import io.llama3v.adapter.*;
      import io.llama3v.backend.*;
      import io.llama3v.backend.profile.*;
      import io.llama3v.data.pipeline.*;
      import io.llama3v.data.sample.*;
      import io.llama3v.llama.*;
      import io.llama3v.nn.*;
      import io.llama3v.nn.Module;
      import io.llama3v.tensor.*;
      import io.llama3v.train.*;
      import io.llama3v.train.loop.*;
      import io.llama3v.train.optim.*;
      import io.llama3v.train.preference.*;
      import io.llama3v.train.stage.*;
      import io.llama3v.vision.clip.*;
      import java.nio.file.Path;
      import static io.llama3v.train.Llama3V.*;
      class Snippet%d {
        interface Model { Tensor loss(Object batch); }
        void step(Backend backend) {}
        void snippet(Path shards, Path run, Path llama, Path clip, Path out, Schedule schedule, SampleSource heldOut, int tileSize,
            AdamW optimizer, BatchSource<PreferenceBatch> batches, Object batch, %s) throws Exception {
          %s
        }
      }
      """;

  @TempDir
  Path folder;

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs.filter(file -> file.toString().endsWith(".md"))).sorted().toList();
    }
  }

  /** Blocks of a language in README and guides, each with its page. */
  private static List<Block> blocks(String language) throws IOException {
    List<Block> found = new ArrayList<>();
    for (Path page : pages()) {
      if (page.startsWith(ROOT.resolve("docs/adr")) || page.startsWith(ROOT.resolve("docs/results"))) continue;
      Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```").matcher(Files.readString(page)).results()
          .forEach(match -> found.add(new Block(ROOT.relativize(page), match.group(1))));
    }
    assertTrue(!found.isEmpty(), language);
    return found;
  }

  private record Block(Path page, String text) {}

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      Matcher links = LINK.matcher(Files.readString(page).replaceAll("(?ms)^```.*?^```|`[^`\n]*`", ""));
      while (links.find()) {
        String[] link = links.group(1).split("#", 2);
        if (link[0].matches("https?:.*")) continue;
        Path target = link[0].isEmpty() ? page : page.resolveSibling(link[0]).normalize();
        boolean there = Files.exists(target) && (link.length == 1 || anchors(target).contains(link[1]));
        if (!there) broken.add(ROOT.relativize(page) + ": " + links.group(1));
      }
    }
    assertEquals(List.of(), broken);
  }

  /** Names of a page's headings, as GitHub makes them. */
  private static Set<String> anchors(Path page) throws IOException {
    return HEADING.matcher(Files.readString(page)).results()
        .map(match -> match.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-')).collect(Collectors.toSet());
  }

  @Test
  void commandLinesAreUnderstood() throws IOException {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    Properties before = System.getProperties(); // options such as --profile set some
    for (Block block : blocks("sh")) {
      for (String line : block.text.replace("\\\n", " ").lines().toList()) {
        Matcher command = Pattern.compile("^(?:[A-Z0-9_]+=\\S+ +)*(?:examples/bin/)?llama3v +([^>|&]*)").matcher(line.replaceFirst("\\s#.*", ""));
        if (!command.find()) continue;
        checked++;
        List<String> words = words(command.group(1));
        System.setProperties((Properties) before.clone());
        try {
          Llama3vCommand.commandLine().parseArgs(words.toArray(String[]::new));
          settings(words);
        } catch (ParameterException | ConfigException e) {
          wrong.add(block.page + ": " + line + "\n  " + e.getMessage());
        } finally {
          System.setProperties(before);
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(checked > 30, checked + " command lines");
  }

  /** Loads the configuration that a command line names, with the values that the line replaces. */
  private static void settings(List<String> words) {
    List<String> configs = words.stream().filter(word -> word.startsWith("configs/")).toList();
    if (configs.isEmpty() || !Set.of("run", "stage", "validate", "eval", "plan").contains(words.get(0))) return;
    List<String> values = words.stream().filter(word -> word.matches("[a-z_0-9.]+=.*")).toList();
    ConfigLoader.load(ROOT.resolve(configs.get(0)), PipelineConfig.class, values);
  }

  /** Words as a shell would cut them, without its variables. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("(?:\"[^\"]*\"|'[^']*'|[^\\s\"'])+").matcher(line);
    while (word.find()) words.add(word.group().replace(word.group().contains("'") ? "'" : "\"", "")); // quotes within quotes stay
    return words;
  }

  @Test
  void settingsAreKnown() throws IOException {
    Set<String> sections = Arrays.stream(PipelineConfig.class.getRecordComponents())
        .map(component -> component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT)).collect(Collectors.toCollection(TreeSet::new));
    int loaded = 0;
    for (Block block : blocks("yaml")) {
      if (!sections.contains(block.text.split(":", 2)[0])) continue; // another kind of file
      // An ellipsis stands for what every training has to say.
      String text = block.text.replaceAll("(?m)^( *)…$", "$1steps: 40_000\n$1batch_size: 8\n$1learning_rate: 1e-5");
      Path file = Files.writeString(folder.resolve("block-" + loaded++ + ".yaml"), "run: runs/x\nstages: []\n" + text);
      try {
        ConfigLoader.load(file, PipelineConfig.class);
      } catch (ConfigException e) {
        // An excerpt of a section may leave out what the section must have.
        boolean excerpt = e.getMessage().contains("needs 'training'") || e.getMessage().contains("tile_size is 0.0");
        if (!excerpt) throw new AssertionError(block.page + ":\n" + block.text, e);
      }
    }
    assertTrue(loaded >= 2, loaded + " blocks");
  }

  @Test
  void javaCompiles() throws IOException {
    List<JavaFileObject> sources = new ArrayList<>();
    List<Block> blocks = blocks("java").stream().filter(block -> WITH_JAVA.contains(block.page.getFileName().toString())).toList();
    for (Block block : blocks) {
      int number = sources.size();
      // Members of a class stand inside one of the method's own; a public or static class is none there.
      String text = block.text.replaceAll("(?m)^(public |static )+(?=final class)", "");
      boolean statics = text.contains("public static ");
      String model = block.text.contains("model.loss(batch)") ? "Model model" : block.text.contains("model = ") ? "int unused" : "VisionLanguageModel model";
      String source = statics ? "import io.llama3v.backend.*;\nimport io.llama3v.tensor.*;\n" + block.text.replaceFirst("public final", "final")
          : AROUND.formatted(number, block.text.contains(" backend = ") ? model : model + ", Backend backend", text);
      sources.add(new SimpleJavaFileObject(URI.create("string:///Snippet" + number + ".java"), JavaFileObject.Kind.SOURCE) {
        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
          return source;
        }
      });
    }
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    boolean fine = javac.getTask(null, null, problems, List.of("-proc:none", "-d", folder.toString(), "-cp", path), null, sources).call();
    assertTrue(fine, () -> problems.getDiagnostics().stream().map(problem -> page(problem.getSource(), blocks) + problem).collect(Collectors.joining("\n")));
  }

  private static String page(JavaFileObject source, List<Block> blocks) {
    return source == null ? "" : blocks.get(Integer.parseInt(source.getName().replaceAll("\\D", ""))).page + ": ";
  }
}
