package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Drop;
import io.llama3v.data.curate.Step;
import io.llama3v.data.curate.input.RawWalk;
import io.llama3v.data.curate.ledger.Tally;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.ImageException;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.imageio.ImageIO;

/**
 * Small copies of pictures, for the funnel's examples. As curated samples have them: what a step edits is edited here too. Not shown are
 * pictures that a step keeps from everybody's eyes ({@link Step#showsDropped}), and those dropped before a step that edits, such as one
 * that blurs faces, has looked at them.
 */
final class Thumbnails {
  private static final int SIDE = 96;
  /** Larger ones are not decoded for the sake of a thumbnail; the default bound of the rules. */
  private static final long MAX_PIXELS = 36_000_000;
  private final CurationJob job;

  Thumbnails(CurationJob job) {
    this.job = job;
  }

  /** What an example's thumbnail is found by. */
  static String place(int shard, int index) {
    return shard + ":" + index;
  }

  /** PNGs in base64, by place; each shard is walked once, as far as is needed. */
  Map<String, String> of(Tally all) throws IOException {
    Map<Integer, TreeSet<Integer>> wanted = new TreeMap<>();
    all.examples().values().forEach(list -> list.forEach(e -> wanted.computeIfAbsent(e.shard(), s -> new TreeSet<>()).add(e.index())));
    Map<String, String> pictures = new HashMap<>();
    for (Map.Entry<Integer, TreeSet<Integer>> shard : wanted.entrySet()) {
      try (RecordFile.Reader records = new RecordFile.Reader(job.folder().records(job.last(), shard.getKey()));
          RawWalk walk = RawWalk.open(job.shards().get(shard.getKey()))) {
        int last = shard.getValue().last();
        for (CurationRecord r = records.next(); r != null; r = r.index() == last ? null : records.next()) {
          if (shard.getValue().contains(r.index()) && r.picture() != null && r.picture().pixels() <= MAX_PIXELS && !hidden(r)) {
            pictures.put(place(shard.getKey(), r.index()), thumbnail(r, walk.seek(r.index(), r.key()).image()));
          }
        }
      }
    }
    return pictures;
  }

  private boolean hidden(CurationRecord r) {
    if (r.kept()) {
      return false;
    }
    boolean reached = !r.drop().step().equals(Drop.READ); // the record came to this step
    for (Step<?> step : job.steps()) {
      if (!reached && step.editsPictures()) {
        return true;
      }
      if (step.name().equals(r.drop().step())) {
        if (!step.showsDropped()) {
          return true;
        }
        reached = false;
      }
    }
    return false;
  }

  private String thumbnail(CurationRecord r, byte[] encoded) throws IOException {
    RgbImage image;
    try {
      byte[] bytes = encoded;
      for (Step<?> step : job.steps()) {
        bytes = step.editsPictures() ? step.edit(r, bytes) : bytes;
      }
      image = ImageDecoder.decode(bytes, r.id());
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
