package io.llama3v.data.curate.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Drop;
import io.llama3v.data.curate.PictureInfo;
import io.llama3v.image.ImageFormat;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/** Records of one shard between passes: compressed lines of JSON, streamed both ways. Equal records give equal bytes. */
final class RecordFile {
  private static final JsonFactory JSON = new JsonFactory();

  private RecordFile() {}

  /** Writes records one by one. */
  static final class Writer {
    private final GZIPOutputStream out;
    private final OutputStream file;
    private final JsonGenerator json;

    Writer(OutputStream target) throws IOException {
      file = new BufferedOutputStream(target, 1 << 16);
      out = new GZIPOutputStream(file, 1 << 16) {
        {
          def.setLevel(Deflater.BEST_SPEED);
        }
      };
      json = JSON.createGenerator(out);
    }

    void write(CurationRecord r) throws IOException {
      json.writeStartObject();
      json.writeStringField("id", r.id());
      json.writeStringField("key", r.key());
      json.writeNumberField("shard", r.shard());
      json.writeNumberField("index", r.index());
      json.writeArrayFieldStart("captions");
      for (String caption : r.captions()) {
        json.writeString(caption);
      }
      json.writeEndArray();
      if (r.picture() != null) {
        json.writeArrayFieldStart("picture");
        json.writeString(r.picture().format().name());
        json.writeNumber(r.picture().width());
        json.writeNumber(r.picture().height());
        json.writeNumber(r.picture().bytes());
        json.writeEndArray();
      }
      json.writeObjectFieldStart("scores");
      for (Map.Entry<String, Double> e : r.scores().entrySet()) {
        json.writeNumberField(e.getKey(), e.getValue());
      }
      json.writeEndObject();
      json.writeObjectFieldStart("notes");
      for (Map.Entry<String, String> e : r.notes().entrySet()) {
        json.writeStringField(e.getKey(), e.getValue());
      }
      json.writeEndObject();
      if (!r.features().isEmpty()) {
        json.writeObjectFieldStart("features");
        for (Map.Entry<String, byte[]> e : r.features().entrySet()) {
          json.writeBinaryField(e.getKey(), e.getValue());
        }
        json.writeEndObject();
      }
      if (r.drop() != null) {
        json.writeArrayFieldStart("drop");
        json.writeString(r.drop().step());
        json.writeString(r.drop().reason());
        json.writeEndArray();
      }
      json.writeEndObject();
      json.writeRaw('\n');
    }

    /** Writes all that is left; the file stays open. */
    void finish() throws IOException {
      json.flush();
      out.finish();
      file.flush();
    }
  }

  /** Reads records one by one. */
  static final class Reader implements AutoCloseable {
    private final Path file;
    private final JsonParser json;

    Reader(Path file) throws IOException {
      this.file = file;
      InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      try {
        this.json = JSON.createParser(new GZIPInputStream(in, 1 << 16));
      } catch (EOFException | ZipException e) {
        in.close();
        throw damaged(e);
      }
    }

    /** The next record, or null after the last one. */
    CurationRecord next() throws IOException {
      try {
        return read();
      } catch (EOFException | ZipException | JsonProcessingException e) {
        throw damaged(e);
      }
    }

    private IOException damaged(IOException why) {
      return new IOException(file + ": damaged (" + why.getMessage() + "); delete it and run again", why);
    }

    private CurationRecord read() throws IOException {
      JsonToken token = json.nextToken();
      if (token == null) {
        return null;
      }
      expect(token == JsonToken.START_OBJECT);
      String id = null;
      String key = null;
      int shard = 0;
      int index = 0;
      List<String> captions = List.of();
      PictureInfo picture = null;
      Map<String, Double> scores = new TreeMap<>();
      Map<String, String> notes = new TreeMap<>();
      Map<String, byte[]> features = new TreeMap<>();
      Drop drop = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "id" -> id = json.getText();
          case "key" -> key = json.getText();
          case "shard" -> shard = json.getIntValue();
          case "index" -> index = json.getIntValue();
          case "captions" -> captions = texts();
          case "picture" -> {
            List<String> p = texts();
            picture = new PictureInfo(ImageFormat.valueOf(p.get(0)), Integer.parseInt(p.get(1)), Integer.parseInt(p.get(2)),
                Integer.parseInt(p.get(3)));
          }
          case "scores" -> {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
              String name = json.currentName();
              json.nextToken();
              scores.put(name, json.getDoubleValue());
            }
          }
          case "notes" -> {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
              notes.put(json.currentName(), json.nextTextValue());
            }
          }
          case "features" -> {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
              String name = json.currentName();
              json.nextToken();
              features.put(name, json.getBinaryValue());
            }
          }
          case "drop" -> {
            List<String> d = texts();
            drop = new Drop(d.get(0), d.get(1));
          }
          default -> expect(false);
        }
      }
      return new CurationRecord(id, key, shard, index, captions, picture, scores, notes, features, drop);
    }

    private List<String> texts() throws IOException {
      List<String> list = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        list.add(json.getText());
      }
      return list;
    }

    private void expect(boolean right) throws IOException {
      if (!right) {
        throw new IOException(file + ": not a record file of this version; delete the run's work folder and run again");
      }
    }

    /** The kept records, as an iterator for reductions. */
    Iterator<CurationRecord> kept() {
      return new KeptIterator(this);
    }

    @Override
    public void close() throws IOException {
      json.close();
    }
  }
}
