package io.llama3v.data.curate.decontaminate;

import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.data.curate.dedup.CopiesConfig;
import io.llama3v.data.curate.ngram.ReferenceText;
import io.llama3v.data.shard.ShardIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which benchmarks must not be in the training data.
 *
 * @param texts      files of questions and answers, one a line, gzipped or not
 * @param pictures   pattern of shards with their pictures
 * @param fields     fields of the json members of those shards whose texts are questions or answers, such as {@code question}; none
 * @param words      of a phrase that counts as shared; 8
 * @param overlap    share of a caption's phrases above which it is dropped; 0, any at all
 * @param descriptor {@code phash}, {@code dhash} or {@code model}, as in {@code copies}
 * @param model      as in {@code copies}
 * @param threshold  as in {@code copies}
 */
public record DecontaminationConfig(List<Path> texts, String pictures, List<String> fields, int words, double overlap, String descriptor,
    Path model, Double threshold) {
  /** Fills in defaults and checks. */
  public DecontaminationConfig {
    texts = texts == null ? List.of() : List.copyOf(texts);
    fields = fields == null ? List.of() : List.copyOf(fields);
    words = words == 0 ? 8 : words;
    if (texts.isEmpty() && pictures == null) throw new IllegalArgumentException("name the benchmarks' 'texts', 'pictures' or both");
    if (!fields.isEmpty() && pictures == null) throw new IllegalArgumentException("'fields' are those of the shards that 'pictures' names; name them");
    copies(descriptor, model, threshold);
  }

  private static CopiesConfig copies(String descriptor, Path model, Double threshold) {
    return new CopiesConfig(descriptor, model, threshold, 0, 0, 0, 0, 0, null, null);
  }

  /** How pictures are described, as the step {@code copies} states it. */
  public CopiesConfig copies() {
    return copies(descriptor, model, threshold);
  }

  /** Reads the benchmarks; {@code opened} describes pictures, and is null if there are none to compare with. */
  public Decontaminator open(ImageDescriptor opened) throws IOException {
    try {
      List<String> lines = new ArrayList<>();
      ReferenceText.files(texts).forEachLine(lines::add);
      if (pictures == null) return new Decontaminator(lines, words, overlap, null, null, 0);
      try (ShardIndex index = ShardIndex.open(pictures)) {
        if (!fields.isEmpty()) lines.addAll(BenchmarkTexts.of(index, fields));
        return new Decontaminator(lines, words, overlap, new BenchmarkPictures(index, opened), opened, copies().threshold());
      }
    } catch (IOException | RuntimeException failed) {
      if (opened != null) opened.close();
      throw failed;
    }
  }
}
