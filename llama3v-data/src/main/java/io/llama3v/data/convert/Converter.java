package io.llama3v.data.convert;

import io.llama3v.data.format.PictureRoot.MissingException;
import io.llama3v.text.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/** Carries conversations from a source to a sink, pictures and all. */
public final class Converter {
  private static final int EXAMPLES = 20;

  /** What becomes of a conversation whose picture cannot be had. */
  public enum MissingPictures { RAISE, SKIP }

  private Converter() {}

  /**
   * Converts all there is and finishes the sink; source and sink stay the caller's to close.
   *
   * @param most     conversations to write, at most
   * @param progress is told now and then how many there are
   * @throws ConvertException if the source is damaged, or a picture is missing and that is to be raised
   */
  public static ConvertReport convert(ConversationSource source, PictureLoader pictures, ConversationSink sink, MissingPictures missing, long most,
      LongConsumer progress) throws IOException {
    long conversations = 0;
    long turns = 0;
    long shown = 0;
    Map<String, Long> skipped = new TreeMap<>();
    List<String> examples = new ArrayList<>();
    for (Conversation c = conversations < most ? source.next() : null; c != null; c = conversations < most ? source.next() : null) {
      List<LoadedPicture> loaded;
      try {
        loaded = pictures.load(c);
      } catch (MissingException e) {
        if (missing == MissingPictures.RAISE) {
          throw new ConvertException(c.id() + ": " + e.getMessage() + ". To leave such conversations out and count them: --missing skip", e);
        }
        skipped.merge(e.reason(), 1L, Long::sum);
        if (examples.size() < EXAMPLES) examples.add(c.id() + ": " + e.getMessage());
        continue;
      }
      sink.write(c, loaded);
      conversations++;
      turns += c.messages().stream().filter(m -> m.role() == Role.ASSISTANT).count();
      shown += loaded.size();
      if (conversations % 10_000 == 0) progress.accept(conversations);
    }
    sink.finish();
    return new ConvertReport(conversations, turns, shown, skipped, examples, source.counts());
  }
}
