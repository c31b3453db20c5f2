package io.llama3v.train.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleException;
import io.llama3v.data.shard.DamagePolicy;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.data.shard.ShardPattern;
import io.llama3v.image.ImageException;
import io.llama3v.image.ImageHeader;
import io.llama3v.io.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.stream.Collectors;

/** Prints what tar shards hold. Damage is reported, and what lies before it is shown. */
final class ShardListing {
  private static final int CAPTION = 70;
  private final PrintWriter out;

  ShardListing(PrintWriter out) {
    this.out = out;
  }

  static ShardIndex open(String pattern) throws IOException {
    return ShardIndex.open(ShardPattern.expand(pattern), DamagePolicy.SKIP_AND_COUNT);
  }

  /** The first samples, one a line. */
  void print(ShardIndex index, long limit) throws IOException {
    Columns table = new Columns(">index", "key", "members", "image", "text");
    for (long i = 0; i < Math.min(limit, index.size()); i++) {
      Sample sample = index.read(i);
      table.row(i, sample.key(), String.join(" ", sample.members().keySet()), image(sample), text(sample));
    }
    table.print(out);
    out.println(index.size() + " samples in " + index.files().size() + (index.files().size() == 1 ? " shard; " : " shards; ") + index.report());
    index.report().examples().forEach(example -> out.println("left out: " + example));
  }

  /** One sample, whole. */
  void sample(ShardIndex index, long at) throws IOException {
    Sample sample = index.read(at);
    out.println("sample " + at + ", key " + sample.key() + ", in " + index.file(at));
    out.println("members: " + sample.members().entrySet().stream().map(e -> e.getKey() + " (" + e.getValue().length + " bytes)")
        .collect(Collectors.joining(", ")));
    if (sample.hasImage()) out.println("image: " + image(sample));
    if (sample.members().containsKey("txt")) out.println("text: " + sample.text());
    if (sample.members().containsKey("json")) out.print(Json.writePretty(sample.json()));
  }

  private static String image(Sample sample) {
    if (!sample.hasImage()) return "";
    try {
      ImageHeader header = ImageHeader.read(sample.image(), sample.key());
      return header.width() + "x" + header.height() + " " + header.format();
    } catch (ImageException damaged) {
      return "damaged";
    }
  }

  private static String text(Sample sample) {
    try {
      String text = "";
      if (sample.members().containsKey("txt")) {
        text = sample.text();
      } else if (sample.members().containsKey("json")) {
        JsonNode json = sample.json();
        JsonNode said = json.path("messages").path(0).path("content");
        text = json.path("caption").asText(json.path("conversations").path(0).path("question").asText(
            said.isArray() ? said.findPath("text").asText("") : said.asText("")));
      }
      String line = text.strip().replaceAll("\\s+", " ");
      return line.length() <= CAPTION ? line : line.substring(0, CAPTION - 1) + "…";
    } catch (SampleException damaged) {
      return "(" + damaged.getMessage() + ")";
    }
  }
}
