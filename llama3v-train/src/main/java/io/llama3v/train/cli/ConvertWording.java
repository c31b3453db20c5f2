package io.llama3v.train.cli;

import io.llama3v.data.convert.ExampleConversations;
import io.llama3v.data.convert.text.Templates;
import io.llama3v.data.convert.text.Wordings;
import java.nio.file.Path;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** How the entries of an academic set get their words. */
final class ConvertWording {
  /** Ways by the words of the command line. */
  enum Way { varied, benchmark }

  @Option(names = "--wording", defaultValue = "varied", showDefaultValue = Visibility.ALWAYS,
      description = "${COMPLETION-CANDIDATES}: one of many wordings by hash of seed and key, or always that of the benchmark.")
  private Way way;

  @Option(names = "--templates", paramLabel = "FILE", description = "Wordings of your own; the guide shows the file.")
  private Path templates;

  @Option(names = "--turns", paramLabel = "N", defaultValue = "8", showDefaultValue = Visibility.ALWAYS,
      description = "Most questions about one picture in a conversation.")
  private int turns;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "0", showDefaultValue = Visibility.ALWAYS,
      description = "The same seed makes the same conversations.")
  private long seed;

  Wordings wordings() {
    Templates known = templates == null ? Templates.standard() : Templates.load(templates);
    return way == Way.benchmark ? Wordings.fixed(known, seed) : Wordings.varied(known, seed);
  }

  ExampleConversations.Options options() {
    return new ExampleConversations.Options().turns(turns).seed(seed);
  }

  long seed() {
    return seed;
  }
}
