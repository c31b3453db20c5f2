package io.llama3v.train.cli;

import io.llama3v.backend.Backend;
import io.llama3v.image.RgbImage;
import io.llama3v.llama.Sampling;
import io.llama3v.train.Llama3V;
import io.llama3v.train.ModelFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v generate MODEL PROMPT}: one answer, printed as it is made. */
@Command(name = "generate", description = "Answers a prompt, with images or without, and prints the text as it is made.")
final class GenerateCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL",
      description = "A Hugging Face folder of an Mllama or Llama model, or the folder of a run: then its most finished model.")
  private Path model;

  @Parameters(index = "1", paramLabel = "PROMPT", description = "What to ask, or with --raw what to continue.")
  private String prompt;

  @Option(names = "--image", paramLabel = "FILE", description = "An image that the prompt is about; may be repeated.")
  private List<Path> images = List.of();

  @Option(names = "--max-new", paramLabel = "N", defaultValue = "128", showDefaultValue = Visibility.ALWAYS, description = "Most tokens to make.")
  private int maxNew;

  @Option(names = "--temperature", paramLabel = "T", defaultValue = "0", showDefaultValue = Visibility.ALWAYS,
      description = "0 takes the most likely token; the larger, the more varied.")
  private double temperature;

  @Option(names = "--top-p", paramLabel = "P", defaultValue = "1", showDefaultValue = Visibility.ALWAYS,
      description = "Draw from the likeliest tokens that have this probability together.")
  private double topP;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "0", showDefaultValue = Visibility.ALWAYS,
      description = "The same seed draws the same tokens.")
  private long seed;

  @Option(names = "--tokenizer", paramLabel = "PATH", description = "Tokenizer, where it is neither beside the weights nor in their run.")
  private Path tokenizer;

  @Option(names = "--raw", description = "Continue the prompt as plain text, instead of answering it in the chat format.")
  private boolean raw;

  @Option(names = "--attention", description = "Also print how much of each cross-attention layer's attention each tile got.")
  private boolean attention;

  @Mixin
  private BackendOptions backend;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Sampling sampling = new Sampling(temperature, topP, seed);
    // Before the backend: a wrong path should be told at once.
    ModelFolder.find(model);
    List<RgbImage> pictures = new ArrayList<>();
    for (Path image : images) pictures.add(Llama3V.image(image));
    try (Backend open = backend.open(); Llama3V llama = Llama3V.open(open, model, tokenizer)) {
      llama.generate(prompt, pictures, raw, maxNew, sampling, text -> {
        out.print(text);
        out.flush();
      });
      out.println();
      if (attention) out.print(llama.attention());
    }
    return 0;
  }
}
