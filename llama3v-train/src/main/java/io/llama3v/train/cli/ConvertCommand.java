package io.llama3v.train.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code llama3v convert FORMAT}: conversations for fine-tuning. */
@Command(name = "convert", description = {"Makes conversations for fine-tuning out of academic sets and other projects' files.",
    "'llama3v convert FORMAT --help' has the options of a format and an example."},
    subcommands = {ConvertSets.VqaV2Command.class, ConvertSets.TextVqaCommand.class, ConvertSets.DocVqaCommand.class,
        ConvertSets.ChartQaCommand.class, ConvertSets.Ai2dCommand.class, ConvertSets.MmmuCommand.class, ConvertSets.CocoCommand.class,
        ConvertSets.GqaCommand.class, ConvertSets.VisualGenomeCommand.class, ConvertSets.ScienceQaCommand.class,
        ConvertFiles.LlavaCommand.class, ConvertFiles.ShareGptCommand.class, ConvertFiles.OpenAiCommand.class,
        ConvertFiles.JsonlCommand.class, ConvertFiles.TarCommand.class})
final class ConvertCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "from which format? " + String.join(", ", spec.subcommands().keySet()));
  }
}
