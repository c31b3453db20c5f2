package io.llama3v.train.cli;

import io.llama3v.data.convert.ConversationSource;
import io.llama3v.data.convert.Example;
import io.llama3v.data.convert.ExampleConversations;
import io.llama3v.data.convert.ExampleSource;
import io.llama3v.data.convert.PictureLoader;
import io.llama3v.data.convert.rewrite.Rewriter;
import io.llama3v.data.convert.text.Wordings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the conversions of academic sets have in common. */
abstract class ConvertSet implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private ConvertOutput output;

  @Mixin
  private ConvertWording wording;

  @ArgGroup(validate = false, heading = "%nRewriting by a language model:%n")
  private ConvertRewriting rewriting = new ConvertRewriting();

  /** The set's reader. */
  abstract ExampleSource open() throws IOException;

  /** What the set's scorer makes of an answer before it compares. */
  UnaryOperator<String> normalization() {
    return null;
  }

  /** The folder of pictures, which this set needs. */
  Path images() {
    if (output.images() == null) throw new ParameterException(spec.commandLine(), "Missing required option: '--images=FOLDER'");
    return output.images();
  }

  /** That the command line is not right. */
  ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Predicate<Example> reachable() throws IOException {
    PictureLoader pictures = new PictureLoader(output.images());
    return e -> pictures.has(e.pictures());
  }

  @Override
  public Integer call() throws IOException {
    output.check();
    Wordings wordings = wording.wordings(); // before the files: a mistake in templates should be told at once
    try (Rewriter rewriter = rewriting.open(wording.seed(), normalization(), spec.commandLine());
         ConversationSource source = new ExampleConversations(open(), wordings, wording.options().rewriter(rewriter).rewriteIf(reachable()))) {
      return output.run(source, spec.commandLine().getOut(), spec.commandLine().getErr());
    }
  }
}
