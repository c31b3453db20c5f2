package io.llama3v.data.curate.ledger;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Drop;
import java.util.List;
import java.util.Map;

/**
 * What became of one input sample; a line of the JSONL ledger and a row of the Parquet one, under these names.
 *
 * @param source   name of the input
 * @param shard    file name
 * @param index    place in the shard
 * @param key      in the shard
 * @param id       unique in the run among kept samples; the curated sample's key
 * @param kept     whether it is in the curated set
 * @param step     that dropped it; empty if kept
 * @param reason   why; empty if kept
 * @param format   of the picture; empty if none could be read
 * @param width    in pixels
 * @param height   in pixels
 * @param bytes    of the encoded picture
 * @param captions as the curated sample has them; for a dropped one, as they were when it was dropped
 * @param cluster  of copies; empty if no step has made clusters
 * @param scores   what steps measured
 * @param notes    what steps found
 * @param licence  of its input
 */
public record LedgerRow(String source, String shard, int index, String key, String id, boolean kept, String step, String reason,
    String format, int width, int height, int bytes, List<String> captions, String cluster, Map<String, Double> scores,
    Map<String, String> notes, String licence) {

  /** @param shard file name of the record's shard */
  public static LedgerRow of(CurationRecord r, String source, String shard, String licence) {
    Drop drop = r.drop() == null ? new Drop("", "") : r.drop();
    boolean picture = r.picture() != null;
    return new LedgerRow(source, shard, r.index(), r.key(), r.id(), r.kept(), drop.step(), drop.reason(),
        picture ? r.picture().format().name() : "", picture ? r.picture().width() : 0, picture ? r.picture().height() : 0,
        picture ? r.picture().bytes() : 0, r.captions(), r.notes().getOrDefault(CurationRecord.CLUSTER, ""), r.scores(), r.notes(), licence);
  }
}
