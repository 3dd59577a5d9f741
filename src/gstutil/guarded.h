/* SPDX-License-Identifier: MIT */
#pragma once

#include <gst/gst.h>

#include <exception>
#include <utility>

namespace hafaces {

/*
 * Runs `work` in a C callback of an element. An exception that left it would abort the whole
 * program, so it becomes one error message of the element, and `failure` is returned.
 */
template<typename Element, typename Result, typename Work>
Result
guarded(Element *element, Result failure, Work &&work) noexcept
{
    try {
        return std::forward<Work>(work)();
    } catch (const std::exception &error) {
        GST_ELEMENT_ERROR(element, LIBRARY, FAILED, ("%s", error.what()), (nullptr));
    } catch (...) {
        GST_ELEMENT_ERROR(element, LIBRARY, FAILED, ("unexpected failure"), (nullptr));
    }
    return failure;
}

} // namespace hafaces
