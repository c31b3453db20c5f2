package io.llama3v.train.cli;

import io.llama3v.data.convert.ConversationSource;
import io.llama3v.data.convert.exchange.ConversationFormat;
import io.llama3v.data.convert.exchange.FromValueFormat;
import io.llama3v.data.convert.exchange.JsonConversations;
import io.llama3v.data.convert.exchange.OpenAiFormat;
import io.llama3v.data.convert.exchange.SampleConversations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One command for each format of conversations. */
final class ConvertFiles {
  private ConvertFiles() {}

  /** What they have in common. */
  abstract static class ConvertFile implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConvertOutput output;

    abstract ConversationSource open() throws IOException;

    @Override
    public Integer call() throws IOException {
      output.check();
      try (ConversationSource source = open()) {
        return output.run(source, spec.commandLine().getOut(), spec.commandLine().getErr());
      }
    }
  }

  @Command(name = "llava", description = "LLaVA's JSON: turns of from and value, <image> where the picture stands.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert llava --file llava_v1_5_mix665k.json --images data \\", "    --missing skip --out data/llava"})
  static final class LlavaCommand extends ConvertFile {
    @Option(names = "--file", required = true, paramLabel = "FILE", description = "A list of conversations, or one a line.")
    private Path file;

    @Override
    ConversationSource open() throws IOException {
      return JsonConversations.open(file, FromValueFormat.LLAVA);
    }
  }

  @Command(name = "sharegpt", description = "ShareGPT's JSON: turns of from and value, pictures in a list 'images'.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert sharegpt --file sharegpt.json --images pictures \\", "    --out data/sharegpt"})
  static final class ShareGptCommand extends ConvertFile {
    @Option(names = "--file", required = true, paramLabel = "FILE", description = "A list of conversations, or one a line.")
    private Path file;

    @Override
    ConversationSource open() throws IOException {
      return JsonConversations.open(file, FromValueFormat.SHAREGPT);
    }
  }

  @Command(name = "openai", description = "OpenAI's messages, pictures as data URLs or paths.", footerHeading = "%nExample:%n",
      footer = "  llama3v convert openai --file training.jsonl --out data/openai")
  static final class OpenAiCommand extends ConvertFile {
    @Option(names = "--file", required = true, paramLabel = "FILE", description = "One conversation a line, or a list.")
    private Path file;

    @Override
    ConversationSource open() throws IOException {
      return JsonConversations.open(file, new OpenAiFormat());
    }
  }

  @Command(name = "jsonl", description = "This project's own lines.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert jsonl --file data/vqa/conversations.jsonl \\", "    --images data/vqa --to llava --out data/vqa-llava"})
  static final class JsonlCommand extends ConvertFile {
    @Option(names = "--file", required = true, paramLabel = "FILE", description = "One conversation a line.")
    private Path file;

    @Override
    ConversationSource open() throws IOException {
      return JsonConversations.open(file, ConversationFormat.own());
    }
  }

  @Command(name = "tar", description = "Shards of conversations, or of questions as the corpus makes them.", footerHeading = "%nExample:%n",
      footer = {"  llama3v convert tar --to llava \\", "    --shards 'data/corpus-tiny/questions/train-*.tar' \\", "    --out data/questions-llava"})
  static final class TarCommand extends ConvertFile {
    @Option(names = "--shards", required = true, paramLabel = "PATTERN", description = "Shards, such as 'data/vqav2/conversations-*.tar'.")
    private String shards;

    @Override
    ConversationSource open() throws IOException {
      return SampleConversations.open(shards);
    }
  }
}
