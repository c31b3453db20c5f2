package io.llama3v.data.curate.input;

import java.nio.file.Path;
import java.util.List;

/**
 * One source of raw samples.
 *
 * @param name     prefix of its samples' ids where there are several sources; {@code input0}, {@code input1}… by default
 * @param shards   a pattern of files: {@code raw/*.tar}, {@code raw/{00000..00099}.tar}, {@code raw/pairs-*.jsonl}
 * @param layout   {@code webdataset} by default, {@code jsonl} for files of that name
 * @param images   folder that a JSONL's picture paths start from; the file's own by default
 * @param picture  field of a JSONL line that names its picture; {@code image} by default
 * @param captions where captions are, all of them are taken: {@code txt}, or a field of the json member or line, holding a text or a list
 *     of texts. {@code [txt]} by default, {@code [caption]} for JSONL
 * @param key      field of a JSONL line that is its key; {@code key} by default; lines without it are named by file and line
 * @param scores   numeric fields of the json member, the line or the Parquet row to take over as scores {@code input.FIELD}
 * @param licence  of all its samples, for the ledger
 */
public record InputConfig(String name, String shards, Layout layout, Path images, String picture, List<String> captions, String key,
    List<String> scores, String licence) {
  /** Fills in defaults and checks. */
  public InputConfig {
    if (shards == null || shards.isBlank()) {
      throw new IllegalArgumentException("'shards' is missing: a pattern of files, for example raw/*.tar");
    }
    if (layout == null) {
      layout = shards.endsWith(".jsonl") || shards.endsWith(".jsonl.gz") ? Layout.JSONL : Layout.WEBDATASET;
    }
    if (name != null && !name.matches("(?!__)[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException("'name' is '" + name + "'; expected letters, digits, '-' and '_', at most 64, not beginning with '__'");
    }
    picture = picture == null ? "image" : picture;
    captions = captions == null || captions.isEmpty() ? List.of(layout == Layout.JSONL ? "caption" : "txt") : List.copyOf(captions);
    key = key == null ? "key" : key;
    scores = scores == null ? List.of() : List.copyOf(scores);
    licence = licence == null ? "" : licence;
  }

  /** A WebDataset source with the defaults. */
  public static InputConfig webDataset(String shards) {
    return new InputConfig(null, shards, null, null, null, null, null, null, null);
  }
}
