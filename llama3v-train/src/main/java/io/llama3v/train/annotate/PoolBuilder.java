package io.llama3v.train.annotate;

import io.llama3v.backend.Backend;
import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.data.curate.dedup.PictureClusters;
import io.llama3v.data.curate.dedup.VectorStore;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.ImageException;
import io.llama3v.image.RgbImage;
import io.llama3v.image.Transparency;
import io.llama3v.train.curate.TrainedModels;
import io.llama3v.train.annotate.PictureListing.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the pool: pictures from the data, described, in clusters. */
final class PoolBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(PoolBuilder.class);
  private static final int BATCH = 64;

  private PoolBuilder() {}

  /** Pictures of a plan. Those that cannot be decoded are left out and counted. */
  static List<Picture> build(AnnotationPlan plan, Path folder, Backend backend) throws IOException {
    try (Collector collector = new Collector(plan, folder)) {
      PictureListing.read(plan, collector::take);
      collector.flush();
      if (collector.damaged > 0) LOG.warn("{} pictures of {} cannot be decoded and are left out", collector.damaged, plan.data());
      if (collector.found.isEmpty()) throw new IOException(plan.data() + ": none of its pictures can be decoded");
      return collector.pictures(backend);
    }
  }

  /** Describes pictures in batches as they come. */
  private static final class Collector implements AutoCloseable {
    private final AnnotationPlan plan;
    private final ImageDescriptor descriptor;
    private final VectorStore vectors;
    private final List<Found> found = new ArrayList<>();
    private final List<RgbImage> batch = new ArrayList<>();
    private long damaged;

    Collector(AnnotationPlan plan, Path folder) throws IOException {
      this.plan = plan;
      this.descriptor = plan.descriptor() == null ? null : TrainedModels.descriptor(plan.descriptor(), plan.picture());
      Path file = folder.resolve("vectors.tmp");
      Files.deleteIfExists(file);
      this.vectors = descriptor == null ? null : new VectorStore(file, descriptor.dimension());
    }

    boolean take(Found f) throws IOException {
      try {
        RgbImage image = ImageDecoder.decode(f.bytes(), f.name(), Transparency.ON_WHITE);
        if (descriptor != null) batch.add(image);
        found.add(new Found(f.name(), f.question(), null));
      } catch (ImageException e) {
        LOG.debug("left out", e);
        damaged++;
      }
      if (batch.size() == BATCH) flush();
      return found.size() < plan.pool();
    }

    void flush() throws IOException {
      if (batch.isEmpty()) return;
      for (float[] vector : descriptor.describe(batch)) vectors.add(vector);
      batch.clear();
    }

    List<Picture> pictures(Backend backend) throws IOException {
      int[] clusters = vectors == null ? new int[found.size()] : PictureClusters.of(vectors, plan.clusters(), plan.seed(), backend);
      List<Picture> pictures = new ArrayList<>();
      for (int i = 0; i < found.size(); i++) {
        float[] vector = vectors == null ? null : new float[vectors.dimension()];
        if (vector != null) vectors.read(i, vector, 0);
        pictures.add(new Picture(i, found.get(i).name(), found.get(i).question(), clusters[i], vector));
      }
      return pictures;
    }

    @Override
    public void close() throws IOException {
      if (descriptor != null) descriptor.close();
      if (vectors != null) vectors.close();
    }
  }
}
