package io.llama3v.data.curate.dirt;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.sample.Captions;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.image.CopyEdit;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.tensor.CounterRandom;
import io.llama3v.tensor.Mix64;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;

/** Makes dirty shards out of clean ones. The same settings give the same bytes. */
public final class DirtSeeder {
  private static final List<String> BOILERPLATE = List.of("Click here to view the full size image", "This image may be subject to copyright",
      "Image not available at the moment", "A picture from our online shop", "Download this free stock picture now",
      "View more images like this one");
  private static final long LYING = 700_000;
  private static final double CUT = 0.9;
  private final DirtConfig config;
  private final ForeignCaptions foreign = new ForeignCaptions();
  private final CounterRandom random;

  /** One sample to write: of clean sample {@code index}. */
  private record Plan(DirtKind kind, int index, long draw) {}

  private DirtSeeder(DirtConfig config) throws IOException {
    this.config = config;
    this.random = new CounterRandom(config.seed(), "dirt");
  }

  /**
   * Writes the shards and what was done to them.
   *
   * @return the number of samples of each kind
   */
  public static Map<DirtKind, Integer> seed(DirtConfig config) throws IOException {
    return new DirtSeeder(config).run();
  }

  private Map<DirtKind, Integer> run() throws IOException {
    Map<DirtKind, Integer> counts = new LinkedHashMap<>();
    List<Truth> truth = new ArrayList<>();
    List<Path> shards;
    try (ShardIndex clean = ShardIndex.open(config.shards());
        TarShardWriter writer = new TarShardWriter(config.output(), "dirty", config.shardSamples(), Long.MAX_VALUE)) {
      List<Plan> plans = plan((int) Math.min(clean.size(), config.samples() == 0 ? Integer.MAX_VALUE : config.samples()));
      for (int i = 0; i < plans.size(); i++) {
        Plan plan = plans.get(i);
        Sample source = clean.read(plan.index());
        Sample other = clean.read(other(plan, clean.size()));
        String key = key(plan, source, i);
        String how = "";
        if (plan.kind() == DirtKind.COPY) {
          how = edit(plan).name().toLowerCase(Locale.ROOT);
        } else if (plan.kind() == DirtKind.FOREIGN) {
          how = foreign.language(plan.draw());
        }
        boolean derived = plan.kind() == DirtKind.COPY || plan.kind() == DirtKind.REPEATED_KEY;
        truth.add(new Truth(shardName(i), i % config.shardSamples(), key, plan.kind().word(), derived ? source.key() : "", how));
        writer.write(sample(plan, key, source, other));
      }
      writer.close();
      shards = writer.published();
    }
    for (int i = 0; i < truth.size(); i++) {
      if (truth.get(i).kind().equals(DirtKind.LYING_SIZE.word())) {
        TarDamage.lieAboutSize(shards.get(i / config.shardSamples()), truth.get(i).key() + ".txt", LYING);
      }
    }
    cutOff(shards.get(shards.size() - 1), truth);
    StringBuilder lines = new StringBuilder();
    for (Truth t : truth) {
      counts.merge(DirtKind.of(t.kind()), 1, Integer::sum);
      lines.append(Json.write(t)).append('\n');
    }
    AtomicFiles.writeString(config.output().resolve("truth.jsonl"), lines);
    return counts;
  }

  private String shardName(int place) {
    return String.format(Locale.ROOT, "dirty-%06d.tar", place / config.shardSamples());
  }

  /** Every clean sample once, changed or not, and what is added; in an order drawn at random. */
  private List<Plan> plan(int clean) {
    List<DirtKind> changes = List.of(DirtKind.FOREIGN, DirtKind.MISMATCHED, DirtKind.MISMATCHED, DirtKind.BOILERPLATE, DirtKind.FILE_NAME,
        DirtKind.SMALL, DirtKind.ELONGATED, DirtKind.CUT_PICTURE, DirtKind.BOMB, DirtKind.BAD_JSON, DirtKind.LYING_SIZE);
    List<DirtKind> additions = List.of(DirtKind.COPY, DirtKind.COPY, DirtKind.REPEATED_KEY);
    List<Plan> plans = new ArrayList<>();
    for (int i = 0; i < clean; i++) {
      int change = (int) (uniform(i, 1) / config.share());
      DirtKind kind = change < changes.size() ? changes.get(change) : DirtKind.CLEAN;
      plans.add(new Plan(kind, i, draw(i, 2)));
      int addition = (int) (uniform(i, 3) / config.share());
      if (kind == DirtKind.CLEAN && addition < additions.size()) {
        plans.add(new Plan(additions.get(addition), i, draw(i, 4)));
      }
    }
    // a repeated key must come behind the sample it repeats: which of both is dropped would else depend on the order
    plans.sort(Comparator.comparing((Plan p) -> p.kind() == DirtKind.REPEATED_KEY).thenComparingLong(p -> Mix64.mix(p.draw())));
    return plans;
  }

  private long draw(long i, long which) {
    return Mix64.mix(config.seed(), i, which);
  }

  private double uniform(long i, long which) {
    return (draw(i, which) >>> 11) * 0x1p-53;
  }

  private static long other(Plan plan, long size) {
    return (plan.index() + 1 + Long.remainderUnsigned(Mix64.mix(plan.draw(), 5), size - 1)) % size;
  }

  private static CopyEdit edit(Plan plan) {
    CopyEdit[] edits = CopyEdit.values();
    return edits[(int) Long.remainderUnsigned(Mix64.mix(plan.draw(), 6), edits.length)];
  }

  private static String key(Plan plan, Sample source, int place) {
    return plan.kind() == DirtKind.COPY ? source.key() + "-copy" + place : source.key();
  }

  private Sample sample(Plan plan, String key, Sample source, Sample other) throws IOException {
    return switch (plan.kind()) {
      case CLEAN, LYING_SIZE, CUT_OFF -> build(key, source.image(), Captions.of(source), null);
      case COPY -> build(key, png(edit(plan).apply(decode(source), decode(other), random, Long.remainderUnsigned(plan.draw(), 1L << 40))),
          rotated(Captions.of(source)), null);
      case FOREIGN -> build(key, source.image(), List.of(foreign.caption(plan.draw())), null);
      case MISMATCHED -> build(key, source.image(), Captions.of(other), null);
      case BOILERPLATE -> build(key, source.image(),
          List.of(BOILERPLATE.get((int) Long.remainderUnsigned(plan.draw(), BOILERPLATE.size()))), null);
      case FILE_NAME -> build(key, source.image(), List.of("IMG_" + Long.remainderUnsigned(plan.draw(), 10_000) + ".jpg"), null);
      case SMALL -> build(key, png(Resize.resize(decode(source), 8, 8, Resize.Filter.BILINEAR)), Captions.of(source), null);
      case ELONGATED -> build(key, png(Resize.resize(decode(source), 320, 40, Resize.Filter.BILINEAR)), Captions.of(source), null);
      case CUT_PICTURE -> build(key, Arrays.copyOf(source.image(), source.image().length / 2), Captions.of(source), null);
      case BOMB -> build(key, TarDamage.claimSize(source.image(), 30_000, 20_000), Captions.of(source), null);
      case BAD_JSON -> build(key, source.image(), Captions.of(source), "{\"captions\": [\"" .getBytes(StandardCharsets.UTF_8));
      case REPEATED_KEY -> build(key, other.image(), Captions.of(other), null);
    };
  }

  private static Sample build(String key, byte[] picture, List<String> captions, byte[] json) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("png", picture);
    members.put("txt", captions.get(0).getBytes(StandardCharsets.UTF_8));
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode list = node.putArray("captions");
    captions.forEach(list::add);
    members.put("json", json != null ? json : Json.write(node).getBytes(StandardCharsets.UTF_8));
    return new Sample(key, members);
  }

  private static List<String> rotated(List<String> captions) {
    List<String> other = new ArrayList<>(captions.subList(1, captions.size()));
    other.add(captions.get(0));
    return other;
  }

  private static RgbImage decode(Sample sample) {
    return ImageDecoder.decode(sample.image(), sample.key());
  }

  private static byte[] png(RgbImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image.toBufferedImage(), "png", out);
    return out.toByteArray();
  }

  /** Breaks the last shard off within one of its last samples; those behind are not to be found any more. */
  private void cutOff(Path shard, List<Truth> truth) throws IOException {
    long length = (long) (Files.size(shard) * CUT);
    int first = TarDamage.samplesBefore(shard, length);
    TarDamage.truncate(shard, length);
    String name = shard.getFileName().toString();
    for (int i = 0; i < truth.size(); i++) {
      Truth t = truth.get(i);
      if (t.shard().equals(name) && t.index() >= first) {
        truth.set(i, new Truth(t.shard(), t.index(), t.key(), DirtKind.CUT_OFF.word(), "", t.kind()));
      }
    }
  }
}
