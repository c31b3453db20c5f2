package io.llama3v.data.convert.exchange;

import io.llama3v.data.convert.Conversation;
import io.llama3v.data.convert.ConversationSource;
import io.llama3v.data.convert.ConvertException;
import io.llama3v.data.convert.json.JsonElements;
import io.llama3v.data.convert.json.JsonLines;
import io.llama3v.data.convert.json.JsonView;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Conversations in a file: a list, or one a line, whichever it is. */
public final class JsonConversations implements ConversationSource {
  private interface Views {
    JsonView next() throws IOException;
  }

  private interface Closing {
    void close() throws IOException;
  }

  private final ConversationFormat format;
  private final String base;
  private final Views views;
  private final Closing file;
  private long number;

  private JsonConversations(ConversationFormat format, String base, Views views, Closing file) {
    this.format = format;
    this.base = base;
    this.views = views;
    this.file = file;
  }

  public static JsonConversations open(Path file, ConversationFormat format) throws IOException {
    String base = file.getFileName().toString().replaceFirst("\\.(json|jsonl)$", "");
    if (isList(file)) {
      JsonElements elements = JsonElements.array(file);
      return new JsonConversations(format, base, elements::next, elements::close);
    }
    JsonLines lines = JsonLines.open(file);
    return new JsonConversations(format, base, lines::next, lines::close);
  }

  private static boolean isList(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      int b = in.read();
      while (b == ' ' || b == '\n' || b == '\r' || b == '\t') b = in.read();
      if (b != '[' && b != '{') throw new ConvertException(file + ":1: expected a list […] or lines of objects {…}" + (b < 0 ? "; the file is empty" : ""));
      return b == '[';
    }
  }

  @Override
  public Conversation next() throws IOException {
    JsonView view = views.next();
    if (view == null) return null;
    return format.read(view, base + "-" + String.format(Locale.ROOT, "%09d", number++));
  }

  @Override
  public Map<String, Long> counts() {
    return Map.of("conversations-read", number);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
