package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.input.RawShard;
import io.llama3v.data.pipeline.Selection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes which raw samples a run keeps, as a file that loaders apply to the raw shards. */
final class SelectionTask {
  private SelectionTask() {}

  static void run(CurationJob job) throws IOException {
    Set<String> names = new HashSet<>();
    boolean unique = job.shards().stream().allMatch(s -> names.add(s.name()));
    try (Selection.Writer writer = new Selection.Writer(job.folder().selection())) {
      for (RawShard shard : job.shards()) {
        List<String> keep = new ArrayList<>();
        Map<String, List<String>> captions = new LinkedHashMap<>();
        try (RecordFile.Reader reader = new RecordFile.Reader(job.folder().records(job.last(), shard.number()))) {
          for (CurationRecord r = reader.next(); r != null; r = reader.next()) {
            if (r.kept()) {
              keep.add(r.key());
              if (r.notes().containsKey(PassRunner.CAPTIONS)) {
                captions.put(r.key(), r.captions());
              }
            }
          }
        }
        writer.shard(unique ? shard.name() : shard.file().toString(), keep, captions);
      }
      writer.publish();
    }
  }
}
