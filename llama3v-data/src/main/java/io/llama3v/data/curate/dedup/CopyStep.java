package io.llama3v.data.curate.dedup;

import io.llama3v.backend.Backend;
import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Features;
import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.data.curate.PartData;
import io.llama3v.data.curate.ReduceContext;
import io.llama3v.data.curate.Reduction;
import io.llama3v.data.curate.Step;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one sample of each picture: describes pictures, finds copies over all shards ({@link CopySearch}), and drops all but the best
 * of each cluster. Notes: {@link CurationRecord#CLUSTER}, the id of the kept sample, on every sample that has copies. Scores:
 * {@value #SCORE}, the cosine with the kept one. Reason: {@value #COPY}.
 */
public final class CopyStep implements Step<CopyResult> {
  /** The score: cosine with the sample that is kept in this one's place. */
  public static final String SCORE = "copy";
  /** Dropped because a better copy is kept. */
  public static final String COPY = "copy";
  private static final Logger LOG = LoggerFactory.getLogger(CopyStep.class);
  private static final String DESCRIPTOR = "descriptor";

  private final ImageDescriptor descriptor;
  private final CopySettings settings;
  private final List<Quality.Criterion> criteria;
  private final String scoreName;

  /**
   * A step; it closes the descriptor.
   *
   * @param criteria  what makes a copy the one to keep, the most important first
   * @param scoreName the score that {@link Quality.Criterion#SCORE} looks at, {@code clip} as a rule
   */
  public CopyStep(ImageDescriptor descriptor, CopySettings settings, List<Quality.Criterion> criteria, String scoreName) {
    this.descriptor = descriptor;
    this.settings = settings;
    this.criteria = List.copyOf(criteria);
    this.scoreName = scoreName;
  }

  @Override
  public String name() {
    return "copies";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("version", "1", "descriptor", descriptor.fingerprint(), "search", settings.toString(), "criteria",
        criteria.toString(), "score", scoreName);
  }

  @Override
  public boolean needsPictures() {
    return true;
  }

  @Override
  public List<CurationRecord> measure(List<Candidate> batch) {
    float[][] vectors = descriptor.describe(batch.stream().map(Candidate::image).toList());
    List<CurationRecord> measured = new ArrayList<>(batch.size());
    for (int i = 0; i < vectors.length; i++) measured.add(batch.get(i).record().withFeature(DESCRIPTOR, Features.of(vectors[i])));
    return measured;
  }

  @Override
  public CurationRecord decide(CurationRecord record, CopyResult global) {
    CopyResult.Member member = global.member(record);
    if (member == null) return record;
    CurationRecord noted = record.withNote(CurationRecord.CLUSTER, member.keptId());
    return member.kept() ? noted : noted.withScore(SCORE, member.similarity()).dropped(name(), COPY);
  }

  @Override
  public void close() {
    descriptor.close();
  }

  @Override
  public Reduction<?, CopyResult> reduction() {
    return new Searching();
  }

  private record Item(String id, int shard, int index, Quality quality, float[] vector) {}

  private final class Searching implements Reduction<List<Item>, CopyResult> {
    @Override
    public List<Item> map(Iterator<CurationRecord> shard) {
      List<Item> items = new ArrayList<>();
      while (shard.hasNext()) {
        CurationRecord r = shard.next();
        items.add(new Item(r.id(), r.shard(), r.index(), Quality.of(r, scoreName), Features.floats(r.features().get(DESCRIPTOR))));
      }
      return items;
    }

    @Override
    public CopyResult reduce(Iterable<List<Item>> parts, ReduceContext context) throws IOException {
      try (CopyIndex index = new CopyIndex(context.scratch(), descriptor.dimension()); Backend backend = Backend.best()) {
        for (List<Item> part : parts) {
          for (Item item : part) index.add(item.id, item.shard, item.index, item.quality, item.vector);
        }
        CopyClusters clusters = index.search(settings, criteria, backend);
        LOG.info("copies: {} pictures, {} clusters, {} copies dropped, {} components split, {} pairs compared; of {} pairs found by {}"
            + " exhaustive queries, blocks keep {} together and components {}", index.rows(), clusters.clusters(), clusters.copies(),
            clusters.split(), clusters.compared(), clusters.recall().pairs(), clusters.recall().queries(), clusters.recall().met(),
            clusters.recall().joined());
        return index.result(clusters);
      }
    }

    @Override
    public void writePart(List<Item> part, DataOutput out) throws IOException {
      out.writeInt(part.size());
      for (Item item : part) {
        PartData.writeText(item.id, out);
        out.writeInt(item.shard);
        out.writeInt(item.index);
        out.writeLong(item.quality.pixels());
        out.writeInt(item.quality.words());
        out.writeDouble(item.quality.score());
        out.write(Features.of(item.vector));
      }
    }

    @Override
    public List<Item> readPart(DataInput in) throws IOException {
      List<Item> items = new ArrayList<>();
      byte[] vector = new byte[4 * descriptor.dimension()];
      for (int i = PartData.length(in); i > 0; i--) {
        String id = PartData.readText(in);
        int shard = in.readInt();
        int index = in.readInt();
        Quality quality = new Quality(in.readLong(), in.readInt(), in.readDouble());
        in.readFully(vector);
        items.add(new Item(id, shard, index, quality, Features.floats(vector)));
      }
      return items;
    }

    @Override
    public void writeResult(CopyResult result, DataOutput out) throws IOException {
      result.write(out);
    }

    @Override
    public CopyResult readResult(DataInput in) throws IOException {
      return CopyResult.read(in);
    }
  }
}
