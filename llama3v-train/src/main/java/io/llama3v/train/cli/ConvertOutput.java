package io.llama3v.train.cli;

import io.llama3v.data.convert.ConversationSink;
import io.llama3v.data.convert.ConversationSource;
import io.llama3v.data.convert.Converter;
import io.llama3v.data.convert.Converter.MissingPictures;
import io.llama3v.data.convert.ConvertReport;
import io.llama3v.data.convert.PictureLoader;
import io.llama3v.data.convert.exchange.ConversationFormat;
import io.llama3v.data.convert.exchange.FromValueFormat;
import io.llama3v.data.convert.exchange.JsonSink;
import io.llama3v.data.convert.exchange.OpenAiFormat;
import io.llama3v.data.convert.exchange.TarSink;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Where converted conversations go, and what becomes of missing pictures. */
final class ConvertOutput {
  /** Formats that are written. */
  enum Target { tar, jsonl, llava, sharegpt, openai }

  /** Policies by the words of the command line. */
  enum Missing { raise, skip }

  @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "Where to write; a new or empty folder.")
  private Path out;

  @Option(names = "--to", defaultValue = "tar", showDefaultValue = Visibility.ALWAYS,
      description = "What to write: ${COMPLETION-CANDIDATES}. tar is what fine-tuning reads.")
  private Target to;

  @Option(names = "--images", paramLabel = "FOLDER", description = "Folder of the pictures. Nothing outside it is read.")
  private Path images;

  @Option(names = "--missing", defaultValue = "raise", showDefaultValue = Visibility.ALWAYS,
      description = "What to do where a picture is missing: ${COMPLETION-CANDIDATES}. What is skipped is counted.")
  private Missing missing;

  @Option(names = "--limit", paramLabel = "N", description = "Conversations to write, at most; all by default.")
  private long limit = Long.MAX_VALUE;

  @Option(names = "--shard-samples", paramLabel = "N", defaultValue = "1000", showDefaultValue = Visibility.ALWAYS, description = "Conversations in a tar shard.")
  private int shardSamples;

  @Option(names = "--link", description = "With --to openai: name pictures as files instead of writing them into the lines.")
  private boolean link;

  /** The folder of pictures; null if none was named. */
  Path images() {
    return images;
  }

  /** Refuses a folder that holds something already; before any work. */
  void check() throws IOException {
    if (limit < 1) throw new IllegalArgumentException("--limit " + limit + "; expected 1 or more");
    if (!Files.exists(out)) return;
    if (!Files.isDirectory(out)) throw new IllegalArgumentException(out + " is a file; --out names a folder");
    try (Stream<Path> files = Files.list(out)) {
      if (files.findAny().isPresent()) throw new IllegalArgumentException(out + " is not empty; name a new folder, or delete it first");
    }
  }

  /** Converts everything, writes the report, prints it. */
  int run(ConversationSource source, PrintWriter print, PrintWriter err) throws IOException {
    PictureLoader pictures = new PictureLoader(images);
    ConvertReport report;
    try (ConversationSink sink = sink()) {
      report = Converter.convert(source, pictures, sink, missing == Missing.skip ? MissingPictures.SKIP : MissingPictures.RAISE, limit,
          n -> err.println(n + " conversations"));
    }
    AtomicFiles.writeString(out.resolve(ConvertReport.FILE), Json.writePretty(report));
    print.println(report.conversations() + " conversations, " + report.turns() + " answers, " + report.pictures() + " pictures: " + out);
    report.counts().forEach((what, n) -> print.printf(Locale.ROOT, "  %-40s %d%n", what, n));
    report.skipped().forEach((reason, n) -> print.printf(Locale.ROOT, "  %-40s %d%n", "skipped/" + reason, n));
    report.examples().stream().limit(3).forEach(e -> print.println("    " + e));
    return 0;
  }

  private ConversationSink sink() throws IOException {
    return switch (to) {
      case tar -> new TarSink(out, shardSamples, 1L << 30);
      case jsonl -> new JsonSink(out, "conversations.jsonl", ConversationFormat.own(), false);
      case llava -> new JsonSink(out, "conversations.json", FromValueFormat.LLAVA, false);
      case sharegpt -> new JsonSink(out, "conversations.json", FromValueFormat.SHAREGPT, false);
      case openai -> new JsonSink(out, "conversations.jsonl", new OpenAiFormat(), !link);
    };
  }
}
