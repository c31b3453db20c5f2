package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.input.RawShard;
import io.llama3v.data.pipeline.Selection;
import io.llama3v.data.shard.TarWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes which raw samples a run keeps, as a file that loaders apply to the raw shards. */
final class SelectionTask {
  private static final Logger LOG = LoggerFactory.getLogger(SelectionTask.class);

  private SelectionTask() {}

  static void run(CurationJob job) throws IOException {
    Set<String> names = new HashSet<>();
    boolean unique = job.shards().stream().allMatch(s -> names.add(s.name()));
    int unfit = 0;
    try (Selection.Writer writer = new Selection.Writer(job.folder().selection())) {
      for (RawShard shard : job.shards()) {
        boolean fits = shard.name().endsWith(".tar"); // loaders find samples by their place, which packed tars and lines do not have
        List<String> keep = new ArrayList<>();
        Map<String, List<String>> captions = new LinkedHashMap<>();
        Map<String, Integer> seen = new HashMap<>();
        Map<String, Integer> nth = new HashMap<>();
        try (RecordFile.Reader reader = new RecordFile.Reader(job.folder().records(job.last(), shard.number()))) {
          for (CurationRecord r = reader.next(); r != null; r = reader.next()) {
            int number = seen.merge(r.key(), 1, Integer::sum);
            fits &= r.kept() || !r.drop().reason().equals(TarWalk.DAMAGED);
            if (r.kept()) {
              keep.add(r.key());
              if (number > 1) {
                nth.put(r.key(), number);
              }
              if (r.notes().containsKey(PassRunner.CAPTIONS)) {
                captions.put(r.key(), r.captions());
              }
            }
          }
        }
        writer.shard(unique ? shard.name() : shard.file().toString(), keep, captions, nth);
        unfit += fits ? 0 : 1;
      }
      writer.publish();
    }
    if (unfit > 0) {
      LOG.warn("{} of {} raw shards are damaged, compressed or no tar: loaders cannot apply {} to those; train on the curated shards",
          unfit, job.shards().size(), job.folder().selection().getFileName());
    }
  }
}
