package io.llama3v.data.convert.source;

import io.llama3v.data.convert.Example;
import io.llama3v.data.convert.ExampleSource;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.json.JsonElements;
import io.llama3v.data.convert.json.JsonView;
import io.llama3v.data.document.grounding.BoxText.Fractions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Visual Genome's region descriptions as examples of grounding: {@code region_descriptions.json}, a list of {@code {"id": picture,
 * "regions": [{"region_id", "width", "height", "image_id", "phrase", "y", "x"}]}}, and for the pictures' sizes {@code image_data.json}, a
 * list of {@code {"width", "url", "height", "image_id", "coco_id", "flickr_id"}}, of which 16 bytes and more a picture are held (108,077
 * pictures). Source: visualgenome.org/api/v0/api_readme, and ranjaykrishna/visual_genome_python_driver, {@code visual_genome/utils.py}.
 */
public final class VisualGenomeRegions implements ExampleSource {
  private final JsonElements images;
  private final Map<Long, int[]> sizes;
  private final ArrayDeque<Example> ready = new ArrayDeque<>();
  private final Skips skips = new Skips();

  private VisualGenomeRegions(JsonElements images, Map<Long, int[]> sizes) {
    this.images = images;
    this.sizes = sizes;
  }

  /** Opens the two files; reads the sizes. */
  public static VisualGenomeRegions open(Path regions, Path imageData) throws IOException {
    Map<Long, int[]> sizes = new HashMap<>();
    try (JsonElements all = JsonElements.array(imageData)) {
      for (JsonView e = all.next(); e != null; e = all.next()) {
        // Older releases call it id.
        long id = e.has("image_id") || !e.has("id") ? e.integer("image_id") : e.integer("id");
        int[] size = {(int) e.integer("width"), (int) e.integer("height")};
        if (size[0] < 1 || size[1] < 1) throw e.bad("expected a width and height above 0, found " + size[0] + " and " + size[1]);
        sizes.put(id, size);
        if (sizes.size() > 5_000_000) throw e.bad("more than 5,000,000 pictures; Visual Genome has 108,077");
      }
    }
    return new VisualGenomeRegions(JsonElements.array(regions), sizes);
  }

  /** Where a picture may lie: the set comes as two folders. */
  static Picture picture(long id) {
    return new Picture.Named("VG_100K/" + id + ".jpg", List.of("VG_100K_2/" + id + ".jpg", id + ".jpg"));
  }

  @Override
  public Example next() throws IOException {
    while (ready.isEmpty()) {
      JsonView image = images.next();
      if (image == null) return null;
      for (JsonView r : image.list("regions")) add(r);
    }
    return ready.poll();
  }

  private void add(JsonView r) {
    long id = r.integer("image_id");
    int[] size = sizes.get(id);
    if (size == null) throw r.bad("image_id", "picture " + id + " is not in the file of picture data; are both of the same release?");
    Fractions box = Regions.of(r.number("x"), r.number("y"), r.number("width"), r.number("height"), size[0], size[1]);
    String phrase = r.text("phrase").strip().replaceFirst("\\.$", "");
    if (box == null || phrase.isEmpty()) {
      skips.add(box == null ? "box-outside-picture" : "no-phrase");
      return;
    }
    String region = r.has("region_id") || !r.has("id") ? r.id("region_id") : r.id("id");
    ready.add(Example.of("region-" + region, picture(id), new Task.Region(phrase, box), null, ""));
  }

  @Override
  public Map<String, Long> skipped() {
    return skips.counts();
  }

  @Override
  public String name() {
    return "visualgenome";
  }

  @Override
  public void close() throws IOException {
    images.close();
  }
}
