package io.llama3v.data.convert.source;

import io.llama3v.data.convert.Example;
import io.llama3v.data.convert.ExampleSource;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.json.IdIndex;
import io.llama3v.data.convert.json.JsonElements;
import io.llama3v.data.convert.json.JsonView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * COCO captions: {@code captions_train2017.json}, {@code {"info", "images": [{"license", "file_name", "coco_url", "height", "width",
 * "date_captured", "flickr_url", "id"}], "licenses", "annotations": [{"image_id", "id", "caption"}]}}. One example a picture, with all its
 * captions. The captions of a picture do not stand together, so they are looked up through an {@link IdIndex}. Source:
 * cocodataset.org/#format-data, and cocodataset/cocoapi, {@code PythonAPI/pycocotools/coco.py}.
 */
public final class CocoCaptions implements ExampleSource {
  private final JsonElements images;
  private final IdIndex captions;
  private final Skips skips = new Skips();

  private CocoCaptions(JsonElements images, IdIndex captions) {
    this.images = images;
    this.captions = captions;
  }

  /** Opens a file; reads it once. */
  public static CocoCaptions open(Path file) throws IOException {
    IdIndex index = IdIndex.open(file, "annotations", "image_id");
    try {
      return new CocoCaptions(JsonElements.array(file, "images"), index);
    } catch (IOException | RuntimeException e) {
      try (index) {
        throw e;
      }
    }
  }

  @Override
  public Example next() throws IOException {
    for (JsonView image = images.next(); image != null; image = images.next()) {
      List<String> texts = new ArrayList<>();
      for (JsonView caption : captions.find(image.integer("id"))) {
        String text = caption.text("caption").strip();
        if (!text.isEmpty()) texts.add(text);
      }
      if (!texts.isEmpty()) {
        return Example.of(image.id("id"), new Picture.Named(image.text("file_name")), new Task.Caption(texts), null, "");
      }
      skips.add("no-caption");
    }
    return null;
  }

  @Override
  public Map<String, Long> skipped() {
    return skips.counts();
  }

  @Override
  public String name() {
    return "coco";
  }

  @Override
  public void close() throws IOException {
    try (captions) {
      images.close();
    }
  }
}
