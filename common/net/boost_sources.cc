// The one translation unit that holds the code of Asio, Beast and Boost.JSON.
// Every other file sees declarations only (BOOST_ASIO_SEPARATE_COMPILATION and
// its siblings in cmake/weir_options.cmake), which halves its compile time.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
#include <boost/json/src.hpp>
