# Stands for Zephyr where there is none: as much of its build system as an exported module and
# its sample use, with the host as the board. prj.conf is taken at its word; Kconfig is tested apart.
project(zephyr_stub LANGUAGES C)

file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/prj.conf settings REGEX "^CONFIG_")
foreach(setting IN LISTS settings)
  string(REGEX MATCH "^([A-Za-z0-9_]+)=(.*)$" matched "${setting}")
  set(${CMAKE_MATCH_1} ${CMAKE_MATCH_2})
endforeach()

add_library(zephyr_interface INTERFACE)
target_include_directories(zephyr_interface INTERFACE ${CMAKE_CURRENT_LIST_DIR}/include)
add_executable(app)
target_link_libraries(app PRIVATE zephyr_interface)

function(zephyr_include_directories_ifdef feature)
  if(${feature})
    foreach(folder IN LISTS ARGN)
      target_include_directories(zephyr_interface INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/${folder})
    endforeach()
  endif()
endfunction()

foreach(module IN LISTS EXTRA_ZEPHYR_MODULES)
  add_subdirectory(${module} ${CMAKE_CURRENT_BINARY_DIR}/module)
endforeach()
