package io.llama3v.data.curate.input;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Drop;
import io.llama3v.data.curate.PictureInfo;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleException;
import io.llama3v.image.ImageException;
import io.llama3v.image.ImageHeader;
import io.llama3v.image.OversizedImageException;
import io.llama3v.io.Limits;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Turns raw samples into records. Only headers of pictures are looked at. */
final class RecordMaker {
  private static final String DETAIL = "detail";
  private static final int MAX_CAPTIONS = 1000;
  private final RawShard shard;

  RecordMaker(RawShard shard) {
    this.shard = shard;
  }

  CurationRecord record(RawSample raw, int index) {
    String key = raw.key() != null ? raw.key() : "damage-" + String.format(Locale.ROOT, "%06d-%06d", shard.number(), index);
    CurationRecord record = CurationRecord.read(shard.prefix() + key, key, shard.number(), index, List.of(), null);
    if (raw.reason() != null) {
      return drop(record, raw.reason(), raw.detail());
    }
    Sample sample = raw.sample();
    if (!sample.hasImage()) {
      return drop(record, "no-picture", "members are " + sample.members().keySet());
    }
    try {
      record = withPicture(record, sample);
      JsonNode json = sample.members().containsKey("json") ? sample.json() : null;
      record = record.withCaptions(captions(sample, json, raw.row()));
      record = scores(record, json, raw.row());
    } catch (OversizedImageException e) {
      return drop(record, "picture-too-large", e.getMessage());
    } catch (ImageException e) {
      return drop(record, "picture-damaged", e.getMessage());
    } catch (SampleException e) {
      return drop(record, "caption-unreadable", e.getMessage());
    }
    return record.captions().isEmpty() ? drop(record, "no-caption", "none in " + shard.config().captions()) : record;
  }

  private static CurationRecord drop(CurationRecord record, String reason, String detail) {
    String clean = detail == null ? "" : detail.replaceAll("\\p{Cntrl}", "?");
    return record.withNote(DETAIL, clean.length() <= 300 ? clean : clean.substring(0, 300)).dropped(Drop.READ, reason);
  }

  private static CurationRecord withPicture(CurationRecord record, Sample sample) {
    byte[] bytes = sample.image();
    ImageHeader header = ImageHeader.read(bytes, record.id());
    return CurationRecord.read(record.id(), record.key(), record.shard(), record.index(), List.of(),
        new PictureInfo(header.format(), header.width(), header.height(), bytes.length));
  }

  private List<String> captions(Sample sample, JsonNode json, JsonNode row) {
    Set<String> found = new LinkedHashSet<>();
    for (String field : shard.config().captions()) {
      if (field.equals("txt")) {
        if (sample.members().containsKey("txt")) {
          add(found, sample.text(), sample);
        }
        continue;
      }
      JsonNode value = json == null ? null : json.get(field);
      value = value == null && row != null ? row.get(field) : value;
      if (value != null && value.isTextual()) {
        add(found, value.asText(), sample);
      } else if (value != null && value.isArray()) {
        value.forEach(item -> {
          if (item.isTextual()) {
            add(found, item.asText(), sample);
          }
        });
      }
    }
    return new ArrayList<>(found);
  }

  /** Control characters, line ends among them, become blanks: a caption is one line. */
  private static void add(Set<String> captions, String text, Sample sample) {
    if (text.length() > Limits.SAMPLE_TEXT_BYTES || captions.size() == MAX_CAPTIONS) {
      throw new SampleException("sample '" + sample.key() + "': a caption of " + text.length() + " characters, or more than " + MAX_CAPTIONS
          + " captions", null);
    }
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    if (!line.isEmpty()) {
      captions.add(line);
    }
  }

  private CurationRecord scores(CurationRecord record, JsonNode json, JsonNode row) {
    CurationRecord scored = record;
    for (String field : shard.config().scores()) {
      JsonNode value = row != null && row.has(field) ? row.get(field) : json == null ? null : json.get(field);
      if (value != null && value.isNumber() && Double.isFinite(value.asDouble())) {
        scored = scored.withScore("input." + field, value.asDouble());
      }
    }
    return scored;
  }
}
