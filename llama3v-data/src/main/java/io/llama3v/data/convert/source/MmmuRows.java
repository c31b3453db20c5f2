package io.llama3v.data.convert.source;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.llama3v.data.convert.ConvertException;
import io.llama3v.data.convert.json.JsonElements;
import io.llama3v.data.convert.json.JsonLines;
import io.llama3v.data.convert.json.JsonView;
import io.llama3v.io.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** MMMU's rows out of Parquet, JSON and JSONL files, one file after another. */
final class MmmuRows implements AutoCloseable {
  /** A row: its values, and the bytes of its pictures by column. */
  record Row(JsonView view, Map<String, byte[]> pictures) {}

  private interface Reader extends AutoCloseable {
    Row next() throws IOException;

    @Override
    void close() throws IOException;
  }

  private static final ObjectMapper MAPPER = Json.mapper();
  private final List<Path> files;
  private int at;
  private Reader reader;

  MmmuRows(List<Path> files) {
    this.files = List.copyOf(files);
  }

  Row next() throws IOException {
    while (true) {
      if (reader == null) {
        if (at == files.size()) return null;
        reader = open(files.get(at++));
      }
      Row row = reader.next();
      if (row != null) return row;
      reader.close();
      reader = null;
    }
  }

  private static Reader open(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".parquet")) return parquet(file);
    if (name.endsWith(".jsonl")) {
      JsonLines lines = JsonLines.open(file);
      return reader(lines::next, lines);
    }
    if (name.endsWith(".json")) {
      JsonElements elements = JsonElements.array(file);
      return reader(elements::next, elements);
    }
    throw new ConvertException(file + ": expected a file that ends in .parquet, .json or .jsonl");
  }

  private interface Views {
    JsonView next() throws IOException;
  }

  private static Reader reader(Views views, AutoCloseable resource) {
    return new Reader() {
      @Override
      public Row next() throws IOException {
        JsonView view = views.next();
        return view == null ? null : new Row(view, Map.of());
      }

      @Override
      public void close() throws IOException {
        try {
          resource.close();
        } catch (IOException e) {
          throw e;
        } catch (Exception e) {
          throw new IOException(e);
        }
      }
    };
  }

  private static Reader parquet(Path file) throws IOException {
    ParquetRows rows = ParquetRows.open(file);
    return new Reader() {
      private long number;

      @Override
      public Row next() throws IOException {
        Map<?, ?> row = rows.next();
        if (row == null) return null;
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, byte[]> pictures = new HashMap<>();
        for (Map.Entry<?, ?> e : row.entrySet()) {
          String key = String.valueOf(e.getKey());
          if (e.getValue() instanceof Map<?, ?> struct) {
            byte[] bytes = ParquetRows.bytes(struct.get("bytes"));
            if (bytes != null) pictures.put(key, bytes);
            else if (struct.get("path") != null) values.put(key, String.valueOf(struct.get("path")));
          } else {
            values.put(key, e.getValue());
          }
        }
        String pointer = "/" + number++;
        return new Row(new JsonView(file, 0, pointer, null, MAPPER.valueToTree(values), -1, -1), pictures);
      }

      @Override
      public void close() throws IOException {
        rows.close();
      }
    };
  }

  @Override
  public void close() throws IOException {
    if (reader != null) reader.close();
    at = files.size();
    reader = null;
  }
}
