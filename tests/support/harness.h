/* SPDX-License-Identifier: MIT */
#pragma once

#include "gstutil/gst_ptr.h"

#include <gst/check/gstharness.h>

#include <string>
#include <vector>

namespace hafaces::test {

using BufferPtr = MiniObjectPtr<GstBuffer>;

/* A GstHarness with a bus, so that messages of the element are seen. */
class Harness {
public:
    /* One element, or a launch line of several. */
    explicit Harness(const std::string &line)
        : harness_{line.find('!') == std::string::npos && line.find('=') == std::string::npos
                       ? gst_harness_new(line.c_str())
                       : gst_harness_new_parse(line.c_str())}
        , bus_{gst_bus_new()}
    {
        gst_element_set_bus(harness_->element, bus_.get());
    }

    ~Harness()
    {
        gst_element_set_bus(harness_->element, nullptr);
        gst_harness_teardown(harness_);
    }

    Harness(const Harness &) = delete;
    Harness &operator=(const Harness &) = delete;

    GstHarness *get() const { return harness_; }

    /* Of the one element, or of the first in a launch line that has the property. */
    template<typename... Args>
    void set(const char *property, Args... args)
    {
        g_object_set(element(property).get(), property, args..., nullptr);
    }

    template<typename T>
    T property(const char *name)
    {
        T value{};
        g_object_get(element(name).get(), name, &value, nullptr);
        return value;
    }

    std::uint64_t stat(const char *field)
    {
        const StructurePtr stats(property<GstStructure *>("stats"));
        guint64 value = 0;
        gst_structure_get_uint64(stats.get(), field, &value);
        return value;
    }

    void setCaps(const std::string &caps) { gst_harness_set_src_caps_str(harness_, caps.c_str()); }
    void setCaps(GstCaps *caps) { gst_harness_set_src_caps(harness_, gst_caps_ref(caps)); }

    GstFlowReturn push(BufferPtr buffer) { return gst_harness_push(harness_, buffer.release()); }
    BufferPtr pull() { return BufferPtr(gst_harness_pull(harness_)); }
    BufferPtr tryPull() { return BufferPtr(gst_harness_try_pull(harness_)); }

    /* None: nothing came out. */
    BufferPtr through(BufferPtr buffer)
    {
        push(std::move(buffer));
        return tryPull();
    }

    void pushEvent(GstEvent *event) { gst_harness_push_event(harness_, event); }

    /* Messages of that type until now; others are thrown away. */
    std::vector<MiniObjectPtr<GstMessage>> messages(GstMessageType type)
    {
        std::vector<MiniObjectPtr<GstMessage>> found;
        while (GstMessage *message = gst_bus_pop(bus_.get())) {
            MiniObjectPtr<GstMessage> owned(message);
            if (GST_MESSAGE_TYPE(message) == type)
                found.push_back(std::move(owned));
        }
        return found;
    }

    /* Waits; null after 10 s. */
    MiniObjectPtr<GstMessage> waitFor(GstMessageType type)
    {
        return MiniObjectPtr<GstMessage>(
            gst_bus_timed_pop_filtered(bus_.get(), 10 * GST_SECOND, type));
    }

private:
    GObjectPtr<GstElement> element(const char *property) const
    {
        GstElement *top = harness_->element;
        if (!GST_IS_BIN(top))
            return GObjectPtr<GstElement>(GST_ELEMENT(gst_object_ref(top)));
        GstIterator *each = gst_bin_iterate_sorted(GST_BIN(top));
        GObjectPtr<GstElement> found;
        GValue item = G_VALUE_INIT;
        while (gst_iterator_next(each, &item) == GST_ITERATOR_OK) {
            auto *object = G_OBJECT(g_value_get_object(&item));
            if (g_object_class_find_property(G_OBJECT_GET_CLASS(object), property) != nullptr)
                found.reset(GST_ELEMENT(g_object_ref(object)));
            g_value_reset(&item);
        }
        gst_iterator_free(each);
        return found;
    }

    GstHarness *harness_;
    GObjectPtr<GstBus> bus_;
};

/* The sentence for the user in an error, a warning or an information. */
inline std::string
textOf(GstMessage *message)
{
    GError *error = nullptr;
    if (message == nullptr)
        return "no message";
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
        gst_message_parse_error(message, &error, nullptr);
    else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING)
        gst_message_parse_warning(message, &error, nullptr);
    else
        gst_message_parse_info(message, &error, nullptr);
    const std::string text = error->message;
    g_error_free(error);
    return text;
}

} // namespace hafaces::test
