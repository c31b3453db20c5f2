package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Drop;
import io.llama3v.data.curate.Step;
import io.llama3v.data.curate.input.RawWalk;
import io.llama3v.data.curate.ledger.Funnel;
import io.llama3v.data.curate.ledger.Histograms;
import io.llama3v.data.curate.ledger.Tally;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.ImageException;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.imageio.ImageIO;

/** Makes the funnel out of the shards' tallies. */
final class FunnelBuilder {
  private static final int SIDE = 96;
  private final CurationJob job;

  FunnelBuilder(CurationJob job) {
    this.job = job;
  }

  Funnel build() throws IOException {
    Tally all = Tally.empty();
    for (int s = 0; s < job.shards().size(); s++) {
      all = all.plus(ShardPlan.tally(job, s));
    }
    if (all.kept() + all.dropped() != all.input()) {
      throw new IllegalStateException("the ledger does not add up: " + all.input() + " samples, " + all.kept() + " kept, " + all.dropped()
          + " dropped");
    }
    Map<String, String> pictures = pictures(all);
    List<String> order = new ArrayList<>(List.of(Drop.READ));
    Map<String, Map<String, String>> settings = new LinkedHashMap<>();
    for (Step<?> step : job.steps()) {
      if (!order.contains(step.name())) {
        order.add(step.name());
      }
      settings.put(step.name(), new TreeMap<>(step.settings()));
    }
    List<Funnel.Stage> stages = new ArrayList<>();
    long in = all.input();
    for (String step : order) {
      Funnel.Stage stage = stage(step, in, all, pictures);
      stages.add(stage);
      in -= stage.dropped();
    }
    return new Funnel(job.config().run().getFileName().toString(), all.input(), all.kept(), all.kinds(), stages, Histograms.of(all),
        cards(all.examples().getOrDefault("", List.of()), pictures), settings);
  }

  private Funnel.Stage stage(String step, long in, Tally all, Map<String, String> pictures) {
    List<Funnel.Reason> reasons = new ArrayList<>();
    all.drops().forEach((name, count) -> {
      if (name.startsWith(step + "/")) {
        reasons.add(new Funnel.Reason(name.substring(step.length() + 1), count, cards(all.examples().getOrDefault(name, List.of()), pictures)));
      }
    });
    reasons.sort(Comparator.comparingLong(Funnel.Reason::count).reversed());
    return new Funnel.Stage(step, in, reasons.stream().mapToLong(Funnel.Reason::count).sum(), reasons);
  }

  private List<Funnel.Card> cards(List<Tally.Example> examples, Map<String, String> pictures) {
    return examples.stream().map(e -> new Funnel.Card(job.shards().get(e.shard()).name(), e.key(), e.caption(), e.detail(), e.scores(),
        pictures.getOrDefault(e.shard() + ":" + e.index(), ""))).toList();
  }

  /** Small copies of the examples' pictures, by {@code SHARD:INDEX}; each shard is walked once, as far as is needed. */
  private Map<String, String> pictures(Tally all) throws IOException {
    Map<Integer, TreeSet<Integer>> wanted = new TreeMap<>();
    all.examples().values().forEach(list -> list.forEach(e -> wanted.computeIfAbsent(e.shard(), s -> new TreeSet<>()).add(e.index())));
    Map<String, String> pictures = new HashMap<>();
    for (Map.Entry<Integer, TreeSet<Integer>> shard : wanted.entrySet()) {
      try (RawWalk walk = RawWalk.open(job.shards().get(shard.getKey()))) {
        int last = shard.getValue().last();
        for (CurationRecord r = walk.next(); r != null; r = r.index() == last ? null : walk.next()) {
          if (shard.getValue().contains(r.index()) && r.picture() != null) {
            pictures.put(shard.getKey() + ":" + r.index(), thumbnail(walk.picture(), r.id()));
          }
        }
      }
    }
    return pictures;
  }

  private static String thumbnail(byte[] bytes, String id) throws IOException {
    RgbImage image;
    try {
      image = ImageDecoder.decode(bytes, id);
    } catch (ImageException e) {
      return "";
    }
    double scale = Math.min(1, (double) SIDE / Math.max(image.width(), image.height()));
    RgbImage small = Resize.resize(image, (int) Math.max(1, Math.round(scale * image.width())),
        (int) Math.max(1, Math.round(scale * image.height())), Resize.Filter.BILINEAR);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(small.toBufferedImage(), "png", png);
    return Base64.getEncoder().encodeToString(png.toByteArray());
  }
}
