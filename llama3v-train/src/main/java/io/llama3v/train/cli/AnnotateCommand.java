package io.llama3v.train.cli;

import io.llama3v.backend.Backend;
import io.llama3v.train.Llama3V;
import io.llama3v.train.ModelFolder;
import io.llama3v.train.annotate.Annotation;
import io.llama3v.train.annotate.AnnotationExport;
import io.llama3v.train.annotate.AnnotationPlan;
import io.llama3v.train.annotate.AnnotationServer;
import io.llama3v.train.annotate.AnnotationStore;
import io.llama3v.train.annotate.ModelDrafter;
import io.llama3v.train.annotate.RunPictures;
import io.llama3v.train.annotate.Task;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v annotate RUN}: a page where people correct and rate a model's answers. */
@Command(name = "annotate", description = {"Serves a page where people correct the model's answers about pictures, or rate two of them.",
    "Answers are kept in RUN/annotation; started again, it goes on where it was."})
final class AnnotateCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN", description = "The folder of a run, or a Hugging Face folder of an Mllama model.")
  private Path run;

  @Option(names = "--also", paramLabel = "RUN2", description = "A second model, whose answers are rated against the first one's.")
  private Path also;

  @Option(names = "--export", paramLabel = "FOLDER", description = "Serve nothing: write what people answered as files for sft, dpo and reward.")
  private Path export;

  @Option(names = "--store", paramLabel = "FOLDER", description = "Where answers are kept; by default RUN/annotation.")
  private Path store;

  @Option(names = "--data", paramLabel = "PATTERN", description = "Tar shards, or a folder of pictures; by default the questions that the run trained on.")
  private String data;

  @Option(names = "--question", paramLabel = "TEXT", description = "What to ask; may be repeated. By default the data's own questions.")
  private List<String> questions = List.of();

  @Option(names = "--task", paramLabel = "NAME", description = "edit or rate; by default both, by chance.")
  private Task task;

  @Option(names = "--items", paramLabel = "N", defaultValue = "200", showDefaultValue = Visibility.ALWAYS,
      description = "Pictures drawn from the clusters; may grow when it is started again.")
  private int items;

  @Option(names = "--pool", paramLabel = "N", defaultValue = "2000", showDefaultValue = Visibility.ALWAYS,
      description = "Pictures of the data, at random, that are described and put into clusters.")
  private int pool;

  @Option(names = "--clusters", paramLabel = "N", defaultValue = "40", showDefaultValue = Visibility.ALWAYS, description = "Kinds of pictures, all shown equally often.")
  private int clusters;

  @Option(names = "--descriptor", paramLabel = "FOLDER",
      description = "A CLIP or copy-detection checkpoint that tells which pictures are alike; by default the run's CLIP. 'none' for one cluster.")
  private Path descriptor;

  @Option(names = "--like", paramLabel = "KEY", description = "A picture whose neighbours come first; may be repeated.")
  private List<String> like = List.of();

  @Option(names = "--grow", paramLabel = "N", defaultValue = "8", showDefaultValue = Visibility.ALWAYS, description = "How many neighbours.")
  private int grow;

  @Option(names = "--people", paramLabel = "N", defaultValue = "2", showDefaultValue = Visibility.ALWAYS, description = "How many people answer a shared item.")
  private int people;

  @Option(names = "--shared", paramLabel = "SHARE", defaultValue = "0.2", showDefaultValue = Visibility.ALWAYS,
      description = "Share of the items that several people answer; agreement is measured on them.")
  private double shared;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "0", showDefaultValue = Visibility.ALWAYS, description = "The same seed shows the same pictures in the same order.")
  private long seed;

  @Option(names = "--temperature", paramLabel = "T", defaultValue = "0.8", showDefaultValue = Visibility.ALWAYS, description = "Of the second answer, where there is no second model.")
  private double temperature;

  @Option(names = "--max-new", paramLabel = "N", defaultValue = "128", showDefaultValue = Visibility.ALWAYS, description = "Most tokens of an answer.")
  private int maxNew;

  @Option(names = "--host", paramLabel = "NAME", defaultValue = "127.0.0.1", showDefaultValue = Visibility.ALWAYS,
      description = "Interface to listen on. With another one than this machine's own, people need the key in the address that is printed.")
  private String host;

  @Option(names = "--port", paramLabel = "N", defaultValue = "8017", showDefaultValue = Visibility.ALWAYS, description = "0 for any that is free.")
  private int port;

  @Mixin
  private BackendOptions backend;

  @Override
  public Integer call() throws IOException {
    Path folder = store == null ? run.resolve("annotation") : store;
    PrintWriter out = spec.commandLine().getOut();
    if (export != null) {
      try (AnnotationStore open = AnnotationStore.openExisting(folder)) {
        print(AnnotationExport.write(open, export), out);
      }
      return 0;
    }
    if (port < 0 || port > 65535) throw new IllegalArgumentException("--port is " + port + "; expected 0 to 65535");
    ModelFolder.find(run); // before the backend: a wrong path should be told at once
    RunPictures.Found pictures = RunPictures.find(run, data, descriptor);
    AnnotationPlan plan = new AnnotationPlan(pictures.data(), pictures.descriptor(), pictures.picture(), questions, pool, clusters, items,
        task == null ? EnumSet.allOf(Task.class) : EnumSet.of(task), people, shared, like, grow, seed);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    // Ctrl-C and SIGTERM: the store is closed in order. Nothing would be lost without, but its lock would seem to be left by a crash.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      asked.countDown();
      try {
        ended.await(20, TimeUnit.SECONDS);
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
    }, "close-annotation"));
    try (AnnotationStore open = AnnotationStore.open(folder); Backend opened = backend.open(); Llama3V first = Llama3V.open(opened, run, null);
        Llama3V second = also == null ? null : Llama3V.open(opened, also, null);
        Annotation annotation = Annotation.open(open, plan, opened, new ModelDrafter(first, second, maxNew, temperature, seed));
        AnnotationServer server = AnnotationServer.start(annotation, host, port)) {
      out.println("annotate " + server.address());
      out.println("answers in " + open.folder() + "; Ctrl-C ends, nothing is lost");
      out.flush();
      asked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
    return 0;
  }

  private static void print(AnnotationExport.Summary summary, PrintWriter out) {
    out.println("answers:       " + summary.answers());
    out.println("conversations: " + summary.conversations());
    out.println("preferences:   " + summary.preferences() + (summary.undecided() > 0 ? ", and " + summary.undecided() + " rated items without a better answer" : ""));
    out.println("folder:        " + summary.folder());
  }
}
