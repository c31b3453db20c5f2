package io.llama3v.train.cli;

import io.llama3v.backend.Backend;
import io.llama3v.data.convert.rewrite.ChatModel;
import io.llama3v.data.convert.rewrite.CheckedRewriter;
import io.llama3v.data.convert.rewrite.OpenAiChat;
import io.llama3v.data.convert.rewrite.Rewriter;
import io.llama3v.train.ModelFolder;
import io.llama3v.train.generate.FolderChat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which language model rewords, if any. */
final class ConvertRewriting {
  @Option(names = "--rewrite-url", paramLabel = "URL",
      description = "An endpoint that speaks OpenAI's chat completions: http://localhost:8000/v1. Questions and answers are sent to it.")
  private URI url;

  @Option(names = "--rewrite-model", paramLabel = "NAME", description = "The model's name at --rewrite-url; without that, a model folder or a run's.")
  private String model;

  @Option(names = "--rewrite-key-env", paramLabel = "NAME", defaultValue = "OPENAI_API_KEY", showDefaultValue = Visibility.ALWAYS,
      description = "Environment variable that holds the endpoint's key, if it wants one.")
  private String keyVariable;

  @Option(names = "--rewrite-timeout", paramLabel = "SECONDS", defaultValue = "60", showDefaultValue = Visibility.ALWAYS, description = "Of one request.")
  private int timeout;

  @Option(names = "--rewrite-tries", paramLabel = "N", defaultValue = "5", showDefaultValue = Visibility.ALWAYS, description = "Of one question.")
  private int tries;

  @Option(names = "--rewrite-parallel", paramLabel = "N", defaultValue = "4", showDefaultValue = Visibility.ALWAYS, description = "Requests at a time.")
  private int parallel;

  @Option(names = "--rewrite-temperature", paramLabel = "T", defaultValue = "0.7", showDefaultValue = Visibility.ALWAYS,
      description = "0 takes the likeliest words.")
  private double temperature;

  @Option(names = "--rewrite-max-tokens", paramLabel = "N", defaultValue = "256", showDefaultValue = Visibility.ALWAYS, description = "Longest reply.")
  private int maxTokens;

  /** The rewriter; null where none was asked for. */
  Rewriter open(long seed, UnaryOperator<String> normalization, CommandLine line) throws IOException {
    if (url == null && model == null) return null;
    if (model == null) throw new ParameterException(line, "--rewrite-url needs --rewrite-model, the model's name there");
    return new CheckedRewriter(url == null ? folder() : endpoint(), normalization, seed);
  }

  private ChatModel folder() throws IOException {
    ModelFolder.find(Path.of(model)); // before the backend: a wrong path should be told at once
    return FolderChat.open(Backend.best(), Path.of(model), temperature, maxTokens);
  }

  private ChatModel endpoint() {
    String key = System.getenv(keyVariable);
    return new OpenAiChat(new OpenAiChat.Settings(url, model, key == null || key.isBlank() ? null : key.strip(), Duration.ofSeconds(timeout), tries,
        Duration.ofSeconds(1), temperature, maxTokens, parallel));
  }
}
