package io.llama3v.data.convert.exchange;

import io.llama3v.data.convert.Conversation;
import io.llama3v.data.convert.ConversationSink;
import io.llama3v.data.convert.LoadedPicture;
import io.llama3v.data.shard.TarShardWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Conversations as {@code conversations-000000.tar, …}, ready for fine-tuning; see {@link SampleConversations}. */
public final class TarSink implements ConversationSink {
  private final TarShardWriter writer;
  private final UniqueKeys keys = new UniqueKeys();

  public TarSink(Path folder, int shardSamples, long shardBytes) throws IOException {
    this.writer = new TarShardWriter(folder, "conversations", shardSamples, shardBytes);
  }

  @Override
  public void write(Conversation conversation, List<LoadedPicture> pictures) throws IOException {
    writer.write(SampleConversations.write(keys.of(Conversation.key(conversation.id())), conversation, pictures));
  }

  @Override
  public void finish() throws IOException {
    writer.close();
  }

  @Override
  public void close() throws IOException {
    writer.discard();
  }
}
